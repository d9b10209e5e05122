#include "tests/support/kafka_broker.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "engine/journal/kafka_topics.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin::test {
namespace {

constexpr const char* heap = "320m";  // enough for batches of 17 MiB

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string folders = path == nullptr ? "" : path;
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    if (::access((folders.substr(begin, end - begin) + "/" + program).c_str(), X_OK) == 0) return true;
    begin = end + 1;
  }
  return false;
}

// The program that starts brokers and ends them when its standard input does, which it holds the other end
// of.
class Broker {
 public:
  Broker() {
    std::array<int, 2> input{}, output{};
    REQUIRE(::pipe2(input.data(), O_CLOEXEC) == 0);
    REQUIRE(::pipe2(output.data(), O_CLOEXEC) == 0);
    spawn(input[0], output[1]);
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    std::array<char, 256> line{};
    const std::unique_ptr<FILE, int (*)(FILE*)> from(::fdopen(output[0], "r"), ::fclose);
    const bool started = std::fgets(line.data(), line.size(), from.get()) != nullptr;
    REQUIRE_MESSAGE(started, "deploy/kafka/start did not start a broker; what it says is above");
    connection_.brokers = std::string(line.data()).substr(0, std::string(line.data()).find('\n'));
  }
  ~Broker() {
    ::close(input_);
    int status = 0;
    ::waitpid(starter_, &status, 0);
  }
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  const kafka::Connection& connection() const { return connection_; }
  pid_t pid() const {
    pid_t pid = 0;
    std::ifstream(folder_.path() / "kafka/broker-1/pid") >> pid;
    REQUIRE(pid > 1);
    return pid;
  }

 private:
  void spawn(int input, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    std::array<std::string, 8> words{
        FLORIN_SOURCE "/deploy/kafka/start", "--attached", "--port", "0", "--heap", heap, "--data",
        (folder_.path() / "kafka").string()};
    std::array<char*, words.size() + 1> arguments{};
    for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
    REQUIRE(::posix_spawn(&starter_, words[0].c_str(), &actions, nullptr, arguments.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
  }

  TemporaryFolder folder_{};
  pid_t starter_ = 0;
  int input_ = -1;
  kafka::Connection connection_{};
};

Broker& broker() {
  static Broker one;
  return one;
}

}  // namespace

bool kafka_available() {
  static const bool java = on_path("java"), maven = on_path("mvn");
  if (!java || !maven) std::puts(java ? "skipped: no Maven" : "skipped: no Java");
  return java && maven;
}

const kafka::Connection& kafka_connection() { return broker().connection(); }

kafka::Partition new_kafka_topic(const std::map<std::string, std::string>& other_settings) {
  static int topics = 0;
  auto admin = kafka::Topics::open(kafka_connection());
  REQUIRE_MESSAGE(admin, (admin ? "" : admin.error().message));
  auto topic =
      florin_topics({.prefix = "test-" + std::to_string(++topics), .partitions = 1, .replication = 1})
          ->front();
  topic.settings.erase("flush.messages");  // what is proven does not need a disk that is awake
  for (const auto& [name, value] : other_settings) topic.settings[name] = value;
  const auto created = (*admin)->create(topic);
  REQUIRE_MESSAGE(created, (created ? "" : created.error().message));
  return {topic.name, 0};
}

KafkaPause::KafkaPause() { REQUIRE(::kill(broker().pid(), SIGSTOP) == 0); }
KafkaPause::~KafkaPause() { ::kill(broker().pid(), SIGCONT); }

}  // namespace florin::test
