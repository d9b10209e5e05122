// Who publishes, and what a standby does.
#include "engine/ledger/rows.hpp"
#include "tests/engine/processor/replica_rig.hpp"

namespace florin::testing {
namespace {

// Time passes until the first one publishes and all have what the journal holds.
void begin(ReplicaWorld& world, std::initializer_list<Engine*> engines) {
  for (Engine* engine : engines) REQUIRE(engine->run().value() == 0);
  world.pass(take_over_step);
  for (Engine* engine : engines) REQUIRE(engine->run().value() > 0);
  REQUIRE((*engines.begin())->publishes());
}

}  // namespace

TEST_CASE(
    "given two engines, when time passes, then the lowest rank publishes, the other follows, and both have "
    "the "
    "digest of a replay") {
  ReplicaWorld world;
  Engine first(world, 0), second(world, 1);
  CHECK(first.run().value() == 0);  // nobody knows yet whether somebody publishes
  CHECK(second.run().value() == 0);
  world.pass(take_over_step);
  CHECK(first.run().value() > 0);
  CHECK(first.publishes());
  CHECK(second.run().value() > 0);
  CHECK_FALSE(second.publishes());
  for (u128 i = 0; i < 5; ++i) {
    world.work(10 * (i + 1));
    world.pass(take_over_step * 5);  // the tail moves in time
    CHECK(first.run().value() == 1);
    CHECK(second.run().value() == 1);
  }
  CHECK_FALSE(second.publishes());
  world.run.step();
  CHECK(first.digest() == world.run.digest());
  CHECK(second.digest() == world.run.digest());
}

TEST_CASE(
    "given a higher rank that publishes, when the lower one has followed for its time, then it publishes") {
  ReplicaWorld world;
  Engine second(world, 1), first(world, 0, take_over_step * 10);
  REQUIRE(second.run().value() == 0);
  world.pass(take_over_step * 2);
  REQUIRE(second.run().value() > 0);
  REQUIRE(second.publishes());
  REQUIRE(first.run().value() > 0);
  world.pass(take_over_step * 9);
  CHECK(first.run().value() == 0);
  CHECK_FALSE(first.publishes());
  world.pass(take_over_step);
  CHECK(first.run().value() == 0);
  CHECK(first.publishes());
  CHECK(second.publishes());  // until it sees the other's first record
  world.work(10);
  CHECK(first.run().value() == 1);
  CHECK(second.run().value() == 1);
  CHECK_FALSE(second.publishes());
  world.work(20);
  CHECK(second.run().value() == 0);
  CHECK(first.run().value() == 1);
  CHECK(second.run().value() == 1);
  CHECK(first.digest() == second.digest());
}

TEST_CASE("given the publisher dies, then the next rank takes over after its time, and no other") {
  ReplicaWorld world;
  Engine first(world, 0), second(world, 1), third(world, 2);
  begin(world, {&first, &second, &third});
  first.kill(0);
  world.work(10);
  for (Engine* engine : {&second, &third}) CHECK(engine->run().value() == 0);
  world.pass(take_over_step);  // its rank's time has not come
  for (Engine* engine : {&second, &third}) CHECK(engine->run().value() == 0);
  world.pass(take_over_step);
  CHECK(second.run().value() == 1);
  CHECK(second.publishes());
  CHECK(third.run().value() == 1);
  CHECK_FALSE(third.publishes());

  SUBCASE("and when the first one is back, it follows, and does not take over while the tail moves") {
    first.start();
    CHECK(first.run().value() == 1);  // what the second has published meanwhile
    world.work(20);
    CHECK(second.run().value() == 1);
    CHECK(first.run().value() == 1);
    CHECK_FALSE(first.publishes());
  }
  SUBCASE("and when the first one is back and publishes again, the second yields") {
    first.start();
    CHECK(first.run().value() == 1);
    world.work(20);
    CHECK(first.run().value() == 0);
    world.pass(take_over_step);
    CHECK(first.run().value() == 1);
    REQUIRE(first.publishes());
    CHECK(second.run().value() == 1);  // it sees what the first one has published
    CHECK_FALSE(second.publishes());
    world.work(30);
    CHECK(first.run().value() == 1);
    CHECK(second.run().value() == 1);
  }
  world.run.step();
  CHECK(second.digest() == world.run.digest());
}

TEST_CASE(
    "given a publisher that dies in the middle of a command record's events, then the standby does not "
    "follow the "
    "half, and takes over with the whole") {
  ReplicaWorld world;
  Engine first(world, 0), second(world, 1);
  begin(world, {&first, &second});
  std::vector<Account> accounts;
  for (u128 id = 1; id <= batch_items_max; ++id) {
    accounts.push_back(account(id << 64));
    accounts.back().user_data_128 = u128_max;
    accounts.back().user_data_64 = 7;
  }
  world.run.appender.append(std::vector<Command>(3, {by_client(), CreateAccounts{accounts}}));
  first.sink->left = 1;
  CHECK_FALSE(first.run().has_value());
  first.kill(0);
  const Sequence half = world.topic.next();
  CHECK(second.run().value() == 0);
  CHECK(second.replica->status().next_sequence < half);
  world.pass(take_over_step * 2);
  CHECK(second.run().value() == 1);
  CHECK(world.topic.next() > half);
  first.start();
  CHECK(first.run().value() == 1);
  world.run.step();
  CHECK(first.digest() == world.run.digest());
  CHECK(second.digest() == world.run.digest());
}

TEST_CASE("given a standby whose state is another, then it stops at the first event that differs") {
  ReplicaWorld world;
  Engine first(world, 0), second(world, 1);
  begin(world, {&first, &second});
  world.work(10);
  CHECK(first.run().value() == 1);
  CHECK(second.run().value() == 1);
  // The engine's state forgets an account.
  StoreBatch lost;
  REQUIRE(second.store
              .scan(processor::state_key(ledger::all_rows().first),
                    processor::state_key(ledger::all_rows().last), ScanOrder::ascending,
                    [&](ByteView key, ByteView) {
                      lost.erase(Bytes(key.begin(), key.end()));
                      return true;
                    })
              .has_value());
  REQUIRE_FALSE(lost.empty());
  REQUIRE(second.store.write(lost).has_value());
  second.start();
  world.work(10);  // they exist
  CHECK(first.run().value() == 1);
  const auto stopped = second.run();
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().code == Errc::corrupt);
  CHECK(stopped.error().message.find("fork") != std::string::npos);
}

}  // namespace florin::testing
