// TLS and passwords, on a broker that wants both: a journal works, and what is wrong is told soon and by
// name.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "engine/journal/kafka_journal.hpp"
#include "engine/kafka/refusal.hpp"
#include "engine/kafka/topics.hpp"
#include "tests/support/kafka_broker.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto told_within = 8s;  // of 30; about 1.5 s on a machine that has nothing else to do

test::KafkaCluster& broker() {
  static test::KafkaCluster one(1, {}, test::Listens::tls);
  return one;
}

// The broker's connection with some settings changed; an empty value takes one away.
kafka::Connection changed(const std::vector<std::pair<std::string, std::string>>& changes) {
  kafka::Connection connection = broker().connection();
  for (const auto& [name, value] : changes) {
    std::erase_if(connection.security, [&](const auto& setting) { return setting.first == name; });
    if (!value.empty()) connection.security.emplace_back(name, value);
  }
  return connection;
}

std::string setting(std::string_view name) {
  for (const auto& [key, value] : broker().connection().security)
    if (key == name) return value;
  return "";
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// What somebody else has: an authority of its own, and a client certificate that it has signed.
class Stranger {
 public:
  Stranger() {
    make("ca", "-addext basicConstraints=critical,CA:TRUE");
    make("client", "-CA " + file("ca.pem") + " -CAkey " + file("ca.key"));
  }
  std::string file(const std::string& name) const { return (folder_.path() / name).string(); }

 private:
  void make(const std::string& name, const std::string& options) const {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
        "/CN=stranger -keyout " +
        file(name + ".key") + " -out " + file(name + ".pem") + " " + options + " 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);  // NOLINT(concurrency-mt-unsafe): there is one thread
  }
  test::TemporaryFolder folder_{};
};

const Stranger& stranger() {
  static const Stranger one;
  return one;
}

Error refusal_of(const kafka::Connection& connection) {
  const auto before = Clock::now();
  const auto opened = KafkaJournal::open(connection, {"florin.journal", 0}, {.read_timeout = 30s});
  REQUIRE(!opened);
  CHECK_MESSAGE(Clock::now() - before < told_within, opened.error().message);
  CHECK_MESSAGE(opened.error().code == Errc::permission, opened.error().message);
  CHECK(contains(opened.error().message, broker().connection().brokers));
  CHECK(!contains(opened.error().message, setting("sasl.password")));
  auto topics = kafka::Topics::open(connection, 30s);
  REQUIRE(topics);
  const auto found = (*topics)->find("florin.journal");
  REQUIRE(!found);
  CHECK(found.error().code == Errc::permission);
  return opened.error();
}

std::vector<std::chrono::microseconds> append_times(const kafka::Connection& connection, int appends) {
  auto producer = kafka::Producer::open(connection, broker().new_topic(), Clock::now() + 30s);
  REQUIRE_MESSAGE(producer, (producer ? "" : producer.error().message));
  const Bytes record(256, 7);
  const kafka::Outgoing outgoing{.value = record};
  std::vector<std::chrono::microseconds> times;
  for (int i = 0; i < appends; ++i) {
    const auto before = Clock::now();
    REQUIRE((*producer)->send({&outgoing, 1}));
    times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - before));
  }
  std::sort(times.begin(), times.end());
  return times;
}

}  // namespace

TEST_CASE("given the right certificates and password, when a journal appends, then another one reads it") {
  if (!test::kafka_available()) return;
  const kafka::Partition partition = broker().new_topic();
  const auto journal = KafkaJournal::open(broker().connection(), partition);
  REQUIRE_MESSAGE(journal, (journal ? "" : journal.error().message));
  const std::vector<Bytes> records{Bytes(20, 1), Bytes(100'000, 2), Bytes(20, 3)};
  const auto appended = (*journal)->append(records);
  REQUIRE_MESSAGE(appended, (appended ? "" : appended.error().message));
  CHECK(appended->first == Ordinal{0});
  const auto other = KafkaJournal::open(broker().connection(), partition);
  REQUIRE(other);
  CHECK((*other)->head() == Ordinal{3});
  const auto read = (*other)->read({0}, 1u << 20);
  REQUIRE(read);
  REQUIRE(read->size() == 3);
  for (std::size_t i = 0; i < records.size(); ++i) CHECK((*read)[i].sealed == records[i]);
}

TEST_CASE("given another authority, when a journal is opened, then the error says so and names kafka-ca") {
  if (!test::kafka_available()) return;
  const Error error = refusal_of(changed({{"ssl.ca.location", stranger().file("ca.pem")}}));
  CHECK_MESSAGE(contains(error.message, "kafka-ca"), error.message);
}

TEST_CASE("given a host name that is not in the certificate, then the broker is not trusted") {
  if (!test::kafka_available()) return;
  kafka::Connection connection = broker().connection();
  connection.brokers.replace(0, connection.brokers.find(':'), "[::ffff:127.0.0.1]");
  const auto opened = KafkaJournal::open(connection, {"florin.journal", 0}, {.read_timeout = 30s});
  REQUIRE(!opened);
  CHECK(opened.error().code == Errc::permission);
  CHECK_MESSAGE(contains(opened.error().message, "kafka-brokers"), opened.error().message);
}

TEST_CASE("given no client certificate, or one of another authority, then the error names kafka-cert") {
  if (!test::kafka_available()) return;
  const Error none = refusal_of(changed({{"ssl.certificate.location", ""}, {"ssl.key.location", ""}}));
  CHECK_MESSAGE(contains(none.message, "kafka-cert"), none.message);
  const Error other = refusal_of(changed({{"ssl.certificate.location", stranger().file("client.pem")},
                                          {"ssl.key.location", stranger().file("client.key")}}));
  CHECK_MESSAGE(contains(other.message, "kafka-cert"), other.message);
}

TEST_CASE("given a wrong password, or none, then the error names the user and the password's variable") {
  if (!test::kafka_available()) return;
  const Error wrong = refusal_of(changed({{"sasl.password", "a guess of mine"}}));
  CHECK_MESSAGE(contains(wrong.message, "FLORIN_KAFKA_PASSWORD"), wrong.message);
  CHECK(!contains(wrong.message, "a guess of mine"));
  const Error none = refusal_of(changed({{"security.protocol", "SSL"}}));
  CHECK_MESSAGE(contains(none.message, "kafka-user"), none.message);
}

TEST_CASE("given a plain-text client on a port with TLS, then the error names kafka-ca") {
  if (!test::kafka_available()) return;
  const Error error = refusal_of({.brokers = broker().connection().brokers});
  CHECK_MESSAGE(contains(error.message, "kafka-ca"), error.message);
}

TEST_CASE("given a key that does not belong to the certificate, then no client starts") {
  if (!test::kafka_available()) return;
  const auto opened = KafkaJournal::open(changed({{"ssl.key.location", stranger().file("client.key")}}),
                                         {"florin.journal", 0}, {.read_timeout = 30s});
  REQUIRE(!opened);
  CHECK(opened.error().code == Errc::invalid_argument);
  CHECK_MESSAGE(contains(opened.error().message, "ssl.key.location"), opened.error().message);
}

TEST_CASE("given brokers that are away, then that is no refusal, and the whole deadline is waited for") {
  const kafka::Connection nobody{.brokers = "127.0.0.1:1"};
  const auto before = Clock::now();
  CHECK(kafka::check_not_refused(nobody, before + 500ms));
  CHECK(Clock::now() - before >= 500ms);
  CHECK(!kafka::find_refusal(RD_KAFKA_RESP_ERR__TRANSPORT, "Connect failed: Connection refused"));
  CHECK(kafka::find_refusal(RD_KAFKA_RESP_ERR__AUTHENTICATION, "")->doubtful == false);
}

// With Nagle's algorithm each append waits for a delayed acknowledgement, 40 ms.
TEST_CASE("given TLS, when records are appended one by one, then none waits for Nagle's algorithm") {
  if (!test::kafka_available()) return;
  constexpr int appends = 100;
  const auto times = append_times(broker().connection(), appends);
  const auto waiting = append_times(changed({{"socket.nagle.disable", "false"}}), appends);
  MESSAGE("append over TLS, median: " << times[appends / 2].count() << " us, and "
                                      << waiting[appends / 2].count() << " us with Nagle's algorithm");
  CHECK(times[appends / 4] < 20ms);
}

}  // namespace florin
