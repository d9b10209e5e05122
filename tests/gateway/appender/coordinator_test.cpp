// Group commit step by step, without its threads.
#include "gateway/appender/coordinator.hpp"

#include <thread>

#include "tests/support/partition_rig.hpp"

namespace florin::gateway {
namespace {

using testing::account;
using testing::by_client;
using testing::Partition;
using testing::transfer;

Command pay(u128 id) { return {by_client(), CreateTransfers{{transfer(id, 1, 2, 1)}}}; }

struct Steps {
  Steps() {
    run.open_book_with_robot();
    run.run({{by_client(), CreateAccounts{{account(1), account(2)}}}});
    options.partition = testing::partition;
    options.appender = {2};
    options.key = {1};
    coordinator = GroupCoordinator::open({run.journal, run.events, run.envelope, run.clock}, options).value();
  }
  Partition run{};
  GroupOptions options{};
  std::unique_ptr<GroupCoordinator> coordinator{};
};

}  // namespace

TEST_CASE("given no threads, when each step is called, then a command is appended, decided and answered") {
  Steps steps;
  const SteadyTime begin{};
  std::vector<Result<Outcome>> answers;
  const auto submit = [&](u128 id) {
    REQUIRE(steps.coordinator->submit(
        pay(id), [&](const Result<Outcome>& outcome) { answers.push_back(outcome); }, begin));
  };
  submit(1);
  CHECK_FALSE(steps.coordinator->append_once());
  CHECK(steps.coordinator->answer_once(begin));
  CHECK(answers.empty());
  steps.run.step();
  CHECK(steps.coordinator->answer_once(begin));
  REQUIRE(answers.size() == 1);
  CHECK(answers.back().value().front().body.index() == EventBody(TransferCreated{}).index());
  submit(2);
  steps.coordinator->append_once();
  CHECK(steps.coordinator->answer_once(begin + steps.options.answer_max));
  REQUIRE(answers.size() == 2);
  CHECK(answers.back().error().code == Errc::deadline);
}

TEST_CASE(
    "given a queue at a limit, of commands, bytes or age, then the next command is refused, and none before "
    "it") {
  const SteadyTime now{std::chrono::hours(1)};
  const auto pending = [&](std::size_t bytes) {
    return Pending{Bytes(bytes), {[](const Result<Outcome>&) {}, now, now}};
  };
  CommandQueue queue(std::chrono::microseconds(0));
  CommandQueue::Limits limits{.taken = {}, .bytes_max = 100, .age_max = std::chrono::milliseconds(10)};
  const auto code = [&](std::size_t bytes) {
    const auto added = queue.add(pending(bytes), limits);
    return added ? std::optional<Errc>() : added.error().code;
  };
  CHECK_FALSE(code(100).has_value());
  CHECK(code(1) == Errc::overloaded);
  CHECK(queue.take(0).size() == 1);
  limits.taken.bytes = 90;
  CHECK(code(11) == Errc::overloaded);
  CHECK_FALSE(code(10).has_value());
  limits.taken = {.commands = queue_commands_max - 2};
  CHECK_FALSE(code(1).has_value());
  CHECK(code(1) == Errc::overloaded);
  queue.take(0);
  limits.taken = {.commands = 1, .bytes = 1, .oldest = now - std::chrono::milliseconds(10)};
  CHECK_FALSE(code(1).has_value());
  *limits.taken.oldest -= std::chrono::milliseconds(1);
  CHECK(code(1) == Errc::overloaded);
  queue.close();
  CHECK(code(1) == Errc::stopped);
}

TEST_CASE(
    "given callers who were answered just now, then a group waits until as many are back, and for one alone "
    "not at all") {
  const SteadyTime begin = std::chrono::steady_clock::now();
  CommandQueue queue(std::chrono::minutes(10));  // whoever waited for it would be seen
  const CommandQueue::Limits limits{.taken = {}, .bytes_max = 100, .age_max = std::chrono::minutes(1)};
  const auto add = [&] {
    REQUIRE(queue.add({Bytes(1), {[](const Result<Outcome>&) {}, begin, begin}}, limits).has_value());
  };
  add();
  CHECK(queue.wait());
  CHECK(queue.take(2).size() == 1);  // and two are in flight
  add();
  std::thread others([&] {
    add();
    add();
  });
  CHECK(queue.wait());
  others.join();
  CHECK(queue.take(0).size() == 3);
}

TEST_CASE(
    "given answers that come early or late, then the window for commands grows or shrinks, within its "
    "bounds") {
  using std::chrono::milliseconds;
  Window window(milliseconds(1000));
  SteadyTime now{};
  const auto answered = [&](milliseconds age) {
    window.answered(1u << 20, age, now);
    return window.bytes();
  };
  CHECK(window.bytes() == window_bytes_first);
  CHECK(answered(milliseconds(500)) == window_bytes_first + (1u << 20));
  CHECK(answered(milliseconds(501)) == window_bytes_first + (1u << 20));
  now += milliseconds(5000);
  const std::size_t half = (window_bytes_first + (1u << 20)) / 2;
  CHECK(answered(milliseconds(1001)) == half);
  now += milliseconds(999);
  CHECK(answered(milliseconds(1001)) == half);  // once in a target's time
  for (int i = 0; i < 10; ++i) {
    now += milliseconds(1000);
    answered(milliseconds(3000));
  }
  CHECK(window.bytes() == window_bytes_min);
  for (int i = 0; i < 100; ++i) answered(milliseconds(1));
  CHECK(window.bytes() == window_bytes_max);
}

TEST_CASE(
    "given a command that waits for long, in the queue or in the journal, then new ones are refused until it "
    "is answered") {
  Steps steps;
  const SteadyTime begin{};
  const auto limit = steps.options.answer_max * 2 / 5;
  int answers = 0;
  const auto taken = [&](u128 id, SteadyTime now) {
    return steps.coordinator
        ->submit(
            pay(id), [&](const Result<Outcome>&) { ++answers; }, now)
        .has_value();
  };
  CHECK(taken(1, begin));
  CHECK(taken(2, begin + limit));
  CHECK_FALSE(taken(3, begin + limit + std::chrono::milliseconds(1)));  // the first one is in the queue
  steps.coordinator->append_once();
  CHECK_FALSE(taken(3, begin + limit + std::chrono::milliseconds(1)));  // it is in the journal
  steps.run.step();
  CHECK(steps.coordinator->answer_once(begin + limit));
  CHECK(answers == 2);
  CHECK(taken(3, begin + 2 * limit));
  CHECK(taken(4, begin + 3 * limit));
  CHECK_FALSE(taken(5, begin + 3 * limit + std::chrono::milliseconds(1)));
}

}  // namespace florin::gateway
