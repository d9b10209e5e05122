// Two engines, killed in turn at any point: the events never fork, and every state is that of a replay.
#include <atomic>
#include <thread>

#include "tests/engine/processor/replica_rig.hpp"

namespace florin::testing {
namespace {

constexpr int kills = 50;

// Ends the engine at a point that chance chooses: between steps, while it publishes, or before it stores.
void kill_somewhere(Engine& engine, std::mt19937& chance) {
  switch (chance() % 3) {
    case 0: break;
    case 1: engine.sink->left = chance() % 4; break;
    default: engine.store.refuse_writes = true;
  }
  (void)engine.run();
  engine.kill(chance() % 4);
}

}  // namespace

TEST_CASE("given two engines that are killed in turn 50 times, then the events never fork") {
  std::uint64_t records = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    std::mt19937 chance(seed);
    ReplicaWorld world;
    Engine engines[] = {{world, 0}, {world, 1}};
    u128 next_account = 10;
    const auto go_on = [&] {
      for (int i = 0; i < 6; ++i) {
        if (chance() % 2 == 0) world.work(next_account += 10, 1 + chance() % 5);
        world.pass(take_over_step * (chance() % 3));
        const auto ran = engines[chance() % 2].run();
        REQUIRE_MESSAGE(ran, (ran ? "" : ran.error().message));
      }
    };
    for (int kill = 0; kill < kills; ++kill) {
      go_on();
      Engine& victim = engines[kill % 2];
      world.work(next_account += 10);
      kill_somewhere(victim, chance);
      const auto other = engines[1 - kill % 2].run();
      REQUIRE_MESSAGE(other, (other ? "" : other.error().message));
      victim.start();
    }
    for (int i = 0; i < 4; ++i) {
      world.pass(take_over_step * 3);
      for (Engine& engine : engines) REQUIRE(engine.run().has_value());
    }
    world.run.step();
    for (Engine& engine : engines) {
      CHECK(engine.replica->caught_up());
      CHECK(engine.digest() == world.run.digest());
    }
    const auto published = world.topic.read({1}, ~std::size_t{0});
    REQUIRE(published.has_value());
    const auto replayed = world.run.events.read({1}, ~std::size_t{0}).value();
    REQUIRE(published->size() == replayed.size());
    CHECK(published->back()->hash == replayed.back()->hash);
    records += published->size();
  }
  CHECK(records > 40 * 100);
}

TEST_CASE("given two engines on threads of their own, when one stops under load, then the other goes on") {
  ReplicaWorld world;
  Engine engines[] = {{world, 0}, {world, 1}};
  std::atomic<bool> stop[] = {false, false};
  std::atomic<int> failures{0};
  const auto loop = [&](int i) {
    while (!stop[i]) {
      if (!engines[i].replica->step(std::chrono::steady_clock::now())) ++failures;
      engines[i].replica->wait(std::chrono::steady_clock::now() + std::chrono::milliseconds(20));
    }
  };
  std::thread first(loop, 0), second(loop, 1);
  for (u128 i = 1; i <= 40; ++i) {
    world.work(10 * i);
    if (i == 20) {
      stop[0] = true;
      first.join();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!engines[1].replica->caught_up() && std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  stop[1] = true;
  second.join();
  CHECK(failures.load() == 0);
  CHECK(engines[1].publishes());
  world.run.step();
  CHECK(engines[1].digest() == world.run.digest());
}

}  // namespace florin::testing
