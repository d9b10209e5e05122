// Group commit step by step, without its threads.
#include "gateway/appender/coordinator.hpp"

#include "tests/support/partition_rig.hpp"

namespace florin::gateway {
namespace {

using testing::account;
using testing::by_client;
using testing::Partition;
using testing::transfer;

TEST_CASE("given no threads, when each step is called, then a command is appended, decided and answered") {
  Partition run;
  run.open_book_with_robot();
  run.run({{by_client(), CreateAccounts{{account(1), account(2)}}}});
  GroupOptions options;
  options.partition = testing::partition;
  options.appender = {2};
  options.key = {1};
  const auto coordinator =
      GroupCoordinator::open({run.journal, run.events, run.envelope, run.clock}, options).value();
  const SteadyTime begin{};
  std::vector<Result<Outcome>> answers;
  const auto submit = [&](u128 id) {
    REQUIRE(coordinator->submit(
        {by_client(), CreateTransfers{{transfer(id, 1, 2, 1)}}},
        [&](const Result<Outcome>& outcome) { answers.push_back(outcome); }, begin));
  };
  submit(1);
  CHECK_FALSE(coordinator->append_once());
  CHECK(coordinator->answer_once(begin));
  CHECK(answers.empty());
  run.step();
  CHECK(coordinator->answer_once(begin));
  REQUIRE(answers.size() == 1);
  CHECK(answers.back().value().front().body.index() == EventBody(TransferCreated{}).index());
  submit(2);
  coordinator->append_once();
  CHECK(coordinator->answer_once(begin + options.answer_max));
  REQUIRE(answers.size() == 2);
  CHECK(answers.back().error().code == Errc::deadline);
}

}  // namespace
}  // namespace florin::gateway
