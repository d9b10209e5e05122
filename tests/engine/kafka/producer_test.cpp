// What a producer makes of a broker's errors: not written, or in doubt, and never a guess.
#include "engine/kafka/producer.hpp"

#include "tests/support/kafka_mock.hpp"

namespace florin::kafka {
namespace {

using Errors = std::vector<rd_kafka_resp_err_t>;

std::unique_ptr<Producer> open(const test::KafkaMock& mock) {
  auto opened = Producer::open(mock.connection(), test::KafkaMock::partition(),
                               std::chrono::steady_clock::now() + std::chrono::seconds(10), send_timeout_min);
  REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
  return *std::move(opened);
}

Errc error_of_send(Producer& producer) {
  const Bytes value(10, 1);
  const std::vector<Outgoing> records(3, Outgoing{.value = value});
  const auto sent = producer.send(records);
  REQUIRE(!sent);
  return sent.error().code;
}

// The producer sends again what may be sent again, until the time is up.
Errors repeated(rd_kafka_resp_err_t error) { return Errors(500, error); }

TEST_CASE("given a broker that says it did not append, when the time is up, then nothing was written") {
  test::KafkaMock mock;
  const auto producer = open(mock);
  mock.answer_with(repeated(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS));
  CHECK(error_of_send(*producer) == Errc::overloaded);
  CHECK(error_of_send(*producer) == Errc::stopped);
}

TEST_CASE("given a broker that may have appended, when the time is up, then the records are in doubt") {
  for (const auto error :
       {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT}) {
    CAPTURE(rd_kafka_err2name(error));
    test::KafkaMock mock;
    const auto producer = open(mock);
    mock.answer_with(repeated(error));
    CHECK(error_of_send(*producer) == Errc::deadline);
  }
}

TEST_CASE("given a doubt, when the broker then says that it did not append, then the doubt stays") {
  test::KafkaMock mock;
  const auto producer = open(mock);
  Errors errors = repeated(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  errors.front() = RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND;
  mock.answer_with(errors);
  CHECK(error_of_send(*producer) == Errc::deadline);
}

TEST_CASE("given a broker that is down, when records are sent, then nothing was written") {
  test::KafkaMock mock;
  const auto producer = open(mock);
  mock.set_down();
  CHECK(error_of_send(*producer) == Errc::overloaded);
}

TEST_CASE("given more than one batch holds, when it is sent, then it is refused before anything leaves") {
  test::KafkaMock mock;
  const auto producer = open(mock);
  const Bytes large(batch_bytes_max, 1);
  const std::vector<Outgoing> records{{.value = large}};
  const auto sent = producer->send(records);
  REQUIRE(!sent);
  CHECK(sent.error().code == Errc::invalid_argument);
  CHECK(producer->send({}).error().code == Errc::invalid_argument);
}

}  // namespace
}  // namespace florin::kafka
