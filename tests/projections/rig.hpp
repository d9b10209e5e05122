// What most tests of read models start from: an event log, stores that survive a reopening, and waits with a
// bound.
#pragma once

#include <doctest/doctest.h>

#include <future>

#include "projections/balances.hpp"
#include "projections/directory.hpp"
#include "projections/history.hpp"
#include "tests/projections/book_model.hpp"
#include "tests/projections/event_log.hpp"
#include "tests/projections/store_shelf.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin::test {

inline constexpr std::chrono::seconds patience{20};

inline Deadline soon() { return std::chrono::steady_clock::now() + patience; }

template <class Condition>
bool eventually(Condition condition) {
  const Deadline deadline = soon();
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// Waits through when(), so that every test of a view is a test of the wait as well.
inline bool reaches(projections::Waiters& waiters, Sequence wanted) {
  auto reached = std::make_shared<std::promise<void>>();
  auto future = reached->get_future();
  const auto token = waiters.when(wanted, [reached] { reached->set_value(); });
  if (future.wait_for(patience) == std::future_status::ready) return true;
  waiters.cancel(token);
  return false;
}

template <class View>
struct Rig {
  TemporaryFolder folder;
  EventLog log;
  StoreShelf shelf;
  std::unique_ptr<projections::ViewHost> host;

  Result<void> open() {
    host.reset();
    auto opened = projections::ViewHost::open([] { return std::make_unique<View>(); }, folder.path() / "view",
                                              log, shelf.factory());
    if (!opened) return fail(std::move(opened).error());
    host = *std::move(opened);
    return {};
  }
  void start() {
    REQUIRE(open());
    host->start(soon());
  }
  // Waits until everything that was published is in the rows.
  void catch_up() { REQUIRE(reaches(host->waiters(), log.tail().position)); }
  bool halted() {
    return eventually([&] { return host->status().health.state == projections::WorkerState::halted; });
  }
  std::string reason() const { return host->status().health.reason; }
};

}  // namespace florin::test
