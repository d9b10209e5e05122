#include "projections/view_host.hpp"

#include "tests/projections/host_rig.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace fs = std::filesystem;

namespace {

constexpr BookId book{7};
constexpr AccountId alice{1};

}  // namespace

TEST_CASE(
    "given a read model, when it is rebuilt, then the new one answers the same and the old folder is gone") {
  HostRig rig;
  rig.publish(20);
  rig.start();
  rig.catch_up();
  REQUIRE(rig.host->rebuild());
  REQUIRE(rig.rebuilt());
  CHECK(rig.marker() == "2");
  CHECK(eventually([&] { return !fs::exists(rig.view_folder() / "1"); }));
  CHECK(rig.host->status().note.empty());
  CHECK(rig.host->read()->at() == rig.log.tail().position);
  rig.check_accounts();
  rig.publish(3);
  rig.catch_up();
  rig.check_accounts();
}

TEST_CASE("given a rebuilt read model, when it is opened again, then it goes on from the new generation") {
  HostRig rig;
  rig.publish(5);
  rig.start();
  rig.catch_up();
  REQUIRE(rig.host->rebuild());
  REQUIRE(rig.rebuilt());
  const std::size_t opened = rig.shelf.opened();
  rig.start();
  CHECK(rig.shelf.opened() == opened + 1);
  CHECK(rig.host->waiters().position() == rig.log.tail().position);
  rig.check_accounts();
}

TEST_CASE("given readers, waits and new events during rebuilds, then answers are right and never go back") {
  HostRig rig;
  rig.log.append({rig.model.open_account(alice, {1}, 1)});
  rig.publish(50);
  rig.start();
  rig.catch_up();
  std::atomic<bool> done = false;
  std::atomic<std::size_t> went_back = 0, failed = 0, answers = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      const HostedBalances query(*rig.host);
      Sequence seen{0};
      while (!done) {
        const Sequence promised = rig.host->waiters().position();
        const auto answer = query.account(book, alice);
        if (!answer || !answer->value) {
          ++failed;
          continue;
        }
        if (answer->at < seen || answer->at < promised) ++went_back;
        seen = answer->at;
        ++answers;
      }
    });
  const Sequence far{rig.log.tail().position.value + 450};
  std::promise<void> reached;
  rig.host->waiters().when(far, [&] { reached.set_value(); });
  for (int round = 0; round < 5; ++round) {
    REQUIRE(eventually([&] { return rig.host->rebuild().has_value(); }));  // the one before has ended
    for (int i = 0; i < 9; ++i) {
      rig.publish(1);
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
    REQUIRE(rig.rebuilt());
    CHECK(rig.host->status().note.empty());
    REQUIRE(eventually([&] { return rig.marker() == std::to_string(round + 2); }));
    REQUIRE(eventually([&] { return !fs::exists(rig.view_folder() / std::to_string(round + 1)); }));
  }
  CHECK(reached.get_future().wait_for(patience) == std::future_status::ready);
  done = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(failed == 0);
  CHECK(went_back == 0);
  CHECK(answers > 0);
  rig.catch_up();
  rig.check_accounts();
}

TEST_CASE("given a rebuild that cannot end yet, then the old one answers, and a second rebuild is refused") {
  HostRig rig;
  rig.publish(5);
  rig.start();
  rig.catch_up();
  rig.log.hide_behind({0});
  const auto refused = rig.host->rebuild();
  REQUIRE(!refused);  // the log is behind the rows
  CHECK(refused.error().message.find("ends at sequence 0") != std::string::npos);
  rig.log.hide_behind(rig.log.tail().position);
  REQUIRE(rig.host->rebuild());
  const auto second = rig.host->rebuild();
  if (!second) CHECK(second.error().code == Errc::already_exists);
  CHECK(rig.rebuilt());
  rig.check_accounts();
}

TEST_CASE("given a rebuild whose log breaks, then it is given up with its reason and the old one goes on") {
  HostRig rig;
  rig.publish(5);
  rig.start();
  rig.catch_up();
  rig.shelf.set(StoreShelf::Fault::write_refused);
  REQUIRE(rig.host->rebuild());
  REQUIRE(rig.rebuilt());
  rig.shelf.set(StoreShelf::Fault::none);
  CHECK(rig.host->status().note.find("given up: the read model 'balances' halted") != std::string::npos);
  CHECK(rig.marker() == "1");
  CHECK(eventually([&] { return !fs::exists(rig.view_folder() / "2"); }));
  rig.publish(2);
  rig.catch_up();
  rig.check_accounts();
}

TEST_CASE("given a halted read model, when it is rebuilt, then it works again") {
  HostRig rig;
  rig.publish(5);
  rig.start();
  rig.catch_up();
  rig.shelf.set(StoreShelf::Fault::write_refused);
  rig.publish(1);
  REQUIRE(rig.halted());
  rig.shelf.set(StoreShelf::Fault::none);
  REQUIRE(rig.host->rebuild());
  rig.catch_up();
  CHECK(rig.rebuilt());
  CHECK(rig.host->status().health.state == WorkerState::running);
  rig.check_accounts();
}

TEST_CASE(
    "given a query that reads during the swap, then its rows stay, and the old folder goes when it ends") {
  HostRig rig;
  rig.publish(5);
  rig.start();
  rig.catch_up();
  std::optional<Reading> reading = *rig.host->read();
  REQUIRE(rig.host->rebuild());
  REQUIRE(eventually([&] { return rig.marker() == "2"; }));
  CHECK(fs::exists(rig.view_folder() / "1"));
  CHECK(reading->rows().get(position_key())->has_value());
  reading.reset();
  CHECK(eventually([&] { return !fs::exists(rig.view_folder() / "1"); }));
}

TEST_CASE(
    "given a stop in the middle of a rebuild, then it is given up and the old one is there at the next "
    "start") {
  HostRig rig;
  rig.publish(5);
  rig.start();
  rig.catch_up();
  REQUIRE(rig.host->rebuild());
  rig.host->stop();
  const auto refused = rig.host->rebuild();
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::stopped);
  rig.start();
  CHECK(rig.host->waiters().position() == rig.log.tail().position);
  rig.check_accounts();
}
