#include "projections/worker.hpp"

#include "projections/rows.hpp"
#include "tests/projections/rig.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace {

// Counts events, so that an event lost or applied twice shows.
class CountingView final : public View {
 public:
  std::string_view name() const override { return "counting"; }
  std::uint32_t schema() const override { return 1; }
  Result<void> apply(const Event& event, const StoreReader&) override {
    if (std::holds_alternative<RecordSkipped>(event.body))
      return fail(Errc::corrupt, "an event that does not fit");
    ++added_;
    return {};
  }
  Result<void> write(StoreBatch& batch, const StoreReader& store) override {
    FLORIN_TRY_ASSIGN(const std::uint64_t before, count(store));
    Bytes value;
    Writer(value).fixed(before + added_);
    batch.put(row_key(1), std::move(value));
    added_ = 0;
    return {};
  }
  static Result<std::uint64_t> count(const StoreReader& store) {
    FLORIN_TRY_ASSIGN(const auto value, store.get(row_key(1)));
    return value ? Reader(*value).fixed<std::uint64_t>() : 0;
  }

 private:
  std::uint64_t added_ = 0;
};

struct CountingRig : Rig<CountingView> {
  std::uint64_t count() const {
    const auto reading = host->read();
    REQUIRE(reading);
    const auto counted = CountingView::count(reading->rows());
    REQUIRE(counted);
    return *counted;
  }
  void tick(std::size_t events = 1, bool last = true) {
    log.append(std::vector<Event>(events, Event{{1}, {}, 0, Ticked{}}), last);
  }
};

}  // namespace

TEST_CASE(
    "given published events, when the worker runs, then every one is applied once and the position follows") {
  CountingRig rig;
  rig.tick(3);
  rig.tick(2);
  rig.start();
  rig.catch_up();
  CHECK(rig.count() == 5);
  rig.tick(4);
  rig.catch_up();
  CHECK(rig.count() == 9);
  CHECK(rig.host->read()->at() == Sequence{9});
  const Health health = rig.host->status().health;
  CHECK(health.state == WorkerState::running);
  CHECK(health.lag == 0);
}

TEST_CASE("given a read model, when it is stopped and opened again, then it goes on where it was") {
  CountingRig rig;
  rig.tick(3);
  rig.start();
  rig.catch_up();
  rig.host->stop();
  rig.tick(2);
  CHECK(rig.host->status().health.lag == 2);
  rig.start();
  rig.catch_up();
  CHECK(rig.count() == 5);
}

TEST_CASE("given more events than a batch may hold, then they are written in several batches") {
  CountingRig rig;
  for (std::size_t events = 0; events < 3 * batch_events_max; events += 8000) rig.tick(8000);
  rig.start();
  rig.catch_up();
  CHECK(rig.count() == rig.log.tail().position.value);
  rig.host.reset();
  rig.shelf.lose_writes_after(1);
  rig.start();
  CHECK(rig.host->waiters().position().value >= 1);
  CHECK(rig.host->waiters().position() < rig.log.tail().position);
  rig.catch_up();
  CHECK(rig.count() == rig.log.tail().position.value);
}

TEST_CASE("given a command whose events are in several records, then they show together or not at all") {
  CountingRig rig;
  rig.tick(3);
  rig.start();
  rig.catch_up();
  rig.tick(2, false);
  rig.tick(4, false);
  const std::size_t waits = rig.log.waits();  // before each read the worker waits for something to read
  CHECK(eventually([&] { return rig.log.waits() > waits + 2; }));
  CHECK(rig.count() == 3);
  CHECK(rig.host->waiters().position() == Sequence{3});
  SUBCASE("the last of them comes") {}
  SUBCASE("the last of them comes after a restart") { rig.start(); }
  rig.tick(1);
  rig.catch_up();
  CHECK(rig.count() == 10);
}

TEST_CASE("given a command with more events than a batch may hold, then it is still written at once") {
  CountingRig rig;
  std::size_t events = 0;
  for (; events <= 2 * batch_events_max; events += 8000) rig.tick(8000, false);
  rig.tick(1);
  rig.start();
  rig.catch_up();
  rig.host.reset();
  rig.shelf.lose_writes_after(1);
  rig.start();
  CHECK(rig.count() == events + 1);
}

TEST_CASE("given a source that gives records again, then they are dropped") {
  CountingRig rig;
  rig.log.repeat_everything();
  rig.tick(3);
  rig.start();
  rig.catch_up();
  rig.tick(2);
  rig.catch_up();
  rig.tick(1);
  rig.catch_up();
  CHECK(rig.count() == 6);
}

TEST_CASE("given a gap in the log, then the worker halts, says where, and the rows still answer") {
  CountingRig rig;
  rig.tick(3);
  rig.start();
  rig.catch_up();
  rig.log.append_raw(make_record({{5}, rig.log.tail().hash}, {Event{{1}, {}, 0, Ticked{}}}));
  REQUIRE(rig.halted());
  CHECK(rig.reason().find("'counting' halted at sequence 3") != std::string::npos);
  CHECK(rig.reason().find("goes on with sequence 6 where 4 was expected") != std::string::npos);
  CHECK(rig.count() == 3);
}

TEST_CASE("given a record of another chain, then the worker halts before it") {
  CountingRig rig;
  rig.tick(3);
  rig.start();
  rig.catch_up();
  rig.log.append_raw(make_record({{3}, Hash256{}}, {Event{{1}, {}, 0, Ticked{}}}));
  REQUIRE(rig.halted());
  CHECK(rig.reason().find("sequence 4 belongs to another chain") != std::string::npos);
  CHECK(rig.count() == 3);
}

TEST_CASE(
    "given an event that does not fit, then the worker halts, names it, and writes nothing of its batch") {
  CountingRig rig;
  rig.log.append({Event{{1}, {}, 0, Ticked{}}, Event{{2}, {}, 0, RecordSkipped{}}});
  rig.start();
  REQUIRE(rig.halted());
  CHECK(rig.reason().find("event 2: an event that does not fit") != std::string::npos);
  CHECK(rig.count() == 0);
}

TEST_CASE("given a store that refuses a write, then the worker halts and tells the store's reason") {
  CountingRig rig;
  rig.start();
  rig.shelf.set(StoreShelf::Fault::write_refused);
  rig.tick();
  REQUIRE(rig.halted());
  CHECK(rig.reason().find("no space left") != std::string::npos);
  CHECK(rig.host->waiters().position() == Sequence{0});
}

TEST_CASE(
    "given a crash between the write and the notice, then the next start knows the position and waits end") {
  CountingRig rig;
  rig.start();
  rig.shelf.set(StoreShelf::Fault::crash_after_write);
  rig.tick(4);
  REQUIRE(rig.halted());
  CHECK(rig.host->waiters().position() == Sequence{0});
  rig.shelf.set(StoreShelf::Fault::none);
  rig.start();
  CHECK(rig.host->waiters().position() == Sequence{4});
  rig.tick();
  rig.catch_up();
  CHECK(rig.count() == 5);
}

TEST_CASE(
    "given rows ahead of the log after a crash, when the log comes back to them, then the worker goes on") {
  CountingRig rig;
  rig.tick(3);
  rig.tick(3);
  rig.start();
  rig.catch_up();
  rig.host->stop();
  rig.log.hide_behind({3});
  rig.start();
  REQUIRE(eventually([&] { return rig.host->status().health.state == WorkerState::waiting; }));
  CHECK(rig.host->status().health.lag == 0);
  CHECK(rig.count() == 6);
  rig.tick(1);
  rig.log.hide_behind({7});
  rig.catch_up();
  CHECK(rig.count() == 7);
}

TEST_CASE(
    "given rows ahead of the log, when it does not come back by the deadline, then both positions are told") {
  CountingRig rig;
  rig.tick(3);
  rig.tick(3);
  rig.start();
  rig.catch_up();
  rig.host->stop();
  rig.log.hide_behind({3});
  REQUIRE(rig.open());
  rig.host->start(std::chrono::steady_clock::now());
  REQUIRE(rig.halted());
  CHECK(rig.reason().find("ends at sequence 3, before the read model's position 6") != std::string::npos);
}

TEST_CASE("given a log that was replaced by another one, when the read model is opened, then it halts") {
  CountingRig rig;
  rig.tick(3);
  rig.start();
  rig.catch_up();
  rig.host.reset();
  EventLog other(1);
  other.append(std::vector<Event>(3, Event{{1}, {}, 0, Ticked{}}));
  auto host = ViewHost::open([] { return std::make_unique<CountingView>(); }, rig.folder.path() / "view",
                             other, rig.shelf.factory());
  REQUIRE(host);
  (*host)->start(soon());
  CHECK(eventually([&] { return (*host)->status().health.state == WorkerState::halted; }));
  CHECK((*host)->status().health.reason.find("another chain") != std::string::npos);
}

TEST_CASE("given a large batch, when a reader waits, then the next one is not given time to grow") {
  CountingRig rig;
  rig.start();
  const auto waiting = rig.host->waiters().when({~std::uint64_t{0}}, [] {});
  const auto waits = rig.log.waits();
  rig.tick(gather_events_min);
  rig.catch_up();
  rig.tick();
  rig.catch_up();
  CHECK(rig.log.waits() - waits < static_cast<std::size_t>(gather_wait_max / gather_look / 2));
  rig.host->waiters().cancel(waiting);
}

TEST_CASE("given an idle or a stopped source, then the worker rests and stop() is quick") {
  CountingRig rig;
  rig.start();
  SUBCASE("idle") {}
  SUBCASE("stopped") { rig.log.stop(); }
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  CHECK(rig.log.reads() == 0);
  CHECK(rig.log.waits() < 20);
  const auto before = std::chrono::steady_clock::now();
  rig.host->stop();
  CHECK(std::chrono::steady_clock::now() - before < 10 * idle_wait_max);
  CHECK(rig.host->status().health.state == WorkerState::stopped);
}

TEST_CASE(
    "given a paused worker, when events come, then nothing is written until the pause ends, or ever after a "
    "stop") {
  EventLog log;
  CountingView view;
  MemoryStore store;
  Worker worker(view, store, log, {}, [](Sequence) {});
  worker.start(soon());
  bool stops = false;
  SUBCASE("the pause ends") {}
  SUBCASE("the worker is asked to stop in the pause") { stops = true; }
  {
    const auto standing_still = worker.pause();
    log.append({Event{{1}, {}, 0, Ticked{}}});
    REQUIRE(eventually([&] { return log.reads() > 0; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(worker.position() == Sequence{0});
    if (stops) worker.request_stop();
  }
  if (!stops) CHECK(eventually([&] { return worker.position() == Sequence{1}; }));
  worker.stop();
  CHECK(*CountingView::count(store) == (stops ? 0 : 1));
}

TEST_CASE("given two read models of one log, when one lags or halts, then the other goes on") {
  CountingRig ahead;
  auto late = ViewHost::open([] { return std::make_unique<CountingView>(); }, ahead.folder.path() / "late",
                             ahead.log, ahead.shelf.factory());
  REQUIRE(late);
  ahead.tick(3);
  ahead.start();
  ahead.catch_up();
  CHECK((*late)->waiters().position() == Sequence{0});
  CHECK((*late)->status().health.lag == 3);
  CHECK((*late)->read()->at() == Sequence{0});
  ahead.tick(2);
  (*late)->start(soon());
  CHECK(reaches((*late)->waiters(), {5}));
  ahead.catch_up();
  CHECK(ahead.count() == 5);
}
