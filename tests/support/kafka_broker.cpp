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
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/journal/kafka_topics.hpp"

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

// What deploy/kafka/start prints: the addresses alone, or lines NAME=VALUE.
kafka::Connection parse_start(FILE* from, Listens listens) {
  std::array<char, 512> line{};
  std::map<std::string, std::string> variables;
  const auto next_line = [&] {
    const bool started = std::fgets(line.data(), line.size(), from) != nullptr;
    REQUIRE_MESSAGE(started, "deploy/kafka/start did not start a broker; what it says is above");
    return std::string(line.data()).substr(0, std::string(line.data()).find('\n'));
  };
  if (listens == Listens::plain) return {.brokers = next_line()};
  while (!variables.contains("FLORIN_KAFKA_PASSWORD")) {
    const std::string pair = next_line();
    variables[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
  }
  return {.brokers = variables["FLORIN_KAFKA_BROKERS"],
          .security = {{"security.protocol", "SASL_SSL"},
                       {"ssl.endpoint.identification.algorithm", "https"},
                       {"ssl.ca.location", variables["FLORIN_KAFKA_CA"]},
                       {"ssl.certificate.location", variables["FLORIN_KAFKA_CERT"]},
                       {"ssl.key.location", variables["FLORIN_KAFKA_KEY"]},
                       {"sasl.mechanism", "PLAIN"},
                       {"sasl.username", variables["FLORIN_KAFKA_USER"]},
                       {"sasl.password", variables["FLORIN_KAFKA_PASSWORD"]}}};
}

}  // namespace

KafkaCluster::KafkaCluster(int brokers, std::vector<std::string> settings, Listens listens)
    : brokers_(brokers), settings_(std::move(settings)), listens_(listens) {
  std::array<int, 2> input{}, output{};
  REQUIRE(::pipe2(input.data(), O_CLOEXEC) == 0);
  REQUIRE(::pipe2(output.data(), O_CLOEXEC) == 0);
  spawn(input[0], output[1]);
  ::close(input[0]);
  ::close(output[1]);
  input_ = input[1];
  const std::unique_ptr<FILE, int (*)(FILE*)> from(::fdopen(output[0], "r"), ::fclose);
  connection_ = parse_start(from.get(), listens_);
}

KafkaCluster::~KafkaCluster() {
  ::close(input_);
  int status = 0;
  ::waitpid(starter_, &status, 0);
}

void KafkaCluster::spawn(int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  std::vector<std::string> words{FLORIN_SOURCE "/deploy/kafka/start", "--attached", "--port", "0"};
  words.insert(words.end(), {"--brokers", std::to_string(brokers_), "--heap", heap});
  if (listens_ == Listens::tls) words.push_back("--tls");
  words.insert(words.end(), {"--data", (folder_.path() / "kafka").string()});
  for (const std::string& setting : settings_) words.insert(words.end(), {"--setting", setting});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  REQUIRE(::posix_spawn(&starter_, words[0].c_str(), &actions, nullptr, arguments.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
}

kafka::Partition KafkaCluster::new_topic(const std::map<std::string, std::string>& other_settings) {
  const TopicOptions options{"test-" + std::to_string(++topics_), 1, brokers_};
  return make(florin_topics(options)->front(), other_settings);
}

kafka::Partition KafkaCluster::new_keyring_topic(const std::map<std::string, std::string>& other_settings) {
  const TopicOptions options{"test-" + std::to_string(++topics_), 1, brokers_};
  return make(florin_topics(options)->back(), other_settings);
}

kafka::Partition KafkaCluster::make(kafka::Topic topic,
                                    const std::map<std::string, std::string>& other_settings) {
  auto admin = kafka::Topics::open(connection_);
  REQUIRE_MESSAGE(admin, (admin ? "" : admin.error().message));
  topic.settings.erase("flush.messages");  // what is proven does not need a disk that is awake
  for (const auto& [name, value] : other_settings) topic.settings[name] = value;
  const auto created = (*admin)->create(topic);
  REQUIRE_MESSAGE(created, (created ? "" : created.error().message));
  return {topic.name, 0};
}

std::filesystem::path KafkaCluster::data(int broker) const {
  return folder_.path() / "kafka" / ("broker-" + std::to_string(broker)) / "data";
}

int KafkaCluster::leader(const kafka::Partition& partition) const {
  const auto client =
      kafka::make_client(*kafka::make_conf(connection_, kafka::Role::admin), kafka::Role::admin).value();
  const kafka::Owned<rd_kafka_topic_t> topic(
      rd_kafka_topic_new(client.get(), partition.topic.c_str(), nullptr));
  const rd_kafka_metadata_t* found = nullptr;
  REQUIRE(rd_kafka_metadata(client.get(), 0, topic.get(), &found, 10'000) == RD_KAFKA_RESP_ERR_NO_ERROR);
  const int leader = found->topics[0].partitions[partition.number].leader;
  rd_kafka_metadata_destroy(found);
  return leader;
}

namespace {

// A signal that stops a process reaches its threads one after the other, and some still answer meanwhile.
bool all_stopped(pid_t pid) {
  for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::string stat;
    std::getline(std::ifstream(thread.path() / "stat"), stat);
    const std::size_t state = stat.rfind(')') + 2;
    if (state >= stat.size() || stat[state] != 'T') return false;
  }
  return true;
}

}  // namespace

void KafkaCluster::signal(int broker, int number) const {
  pid_t pid = 0;
  std::ifstream(folder_.path() / "kafka" / ("broker-" + std::to_string(broker)) / "pid") >> pid;
  REQUIRE(pid > 1);
  REQUIRE(::kill(pid, number) == 0);
  while (number == SIGSTOP && !all_stopped(pid)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

bool kafka_available() {
  static const bool java = on_path("java"), maven = on_path("mvn");
  if (!java || !maven) std::puts(java ? "skipped: no Maven" : "skipped: no Java");
  return java && maven;
}

KafkaCluster& kafka_broker() {
  static KafkaCluster one(1, {"log.cleaner.backoff.ms=500"});
  return one;
}

const kafka::Connection& kafka_connection() { return kafka_broker().connection(); }

kafka::Partition new_kafka_topic(const std::map<std::string, std::string>& other_settings) {
  return kafka_broker().new_topic(other_settings);
}

kafka::Partition new_keyring_topic(const std::map<std::string, std::string>& other_settings) {
  return kafka_broker().new_keyring_topic(other_settings);
}

KafkaPause::KafkaPause() { kafka_broker().signal(1, SIGSTOP); }
KafkaPause::~KafkaPause() { kafka_broker().signal(1, SIGCONT); }

}  // namespace florin::test
