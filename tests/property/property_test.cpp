// Random commands against a small independent model. Each life is a new state: its answers, its rows and a
// state rebuilt from its events must all be what the model says.
//
// FLORIN_PROPERTY_COMMANDS: how many commands in all. FLORIN_PROPERTY_SEED: the seed that a failure printed;
// the same seed gives the same commands.
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/engine/ledger/world.hpp"
#include "tests/property/commands.hpp"
#include "tests/property/model.hpp"

namespace florin::property {
namespace {

using ledger::test::Memory;
using ledger::test::Rows;
using ledger::test::World;

const std::set<std::uint32_t> open_ledgers{1, 2};

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): this program has one thread
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// A state without a store: whatever an event touches and nobody created is known to be absent.
class Rebuilt {
 public:
  void apply(const Event& event) {
    state_.marks.load(event.book, std::nullopt);
    std::visit([&](const auto& body) { know(event.book, body); }, event.body);
    ledger::apply(state_, event);
  }
  Rows rows() {
    Rows out;
    for (const auto& change : changes(state_))
      if (change.value) out.emplace(change.key, *change.value);
    return out;
  }

 private:
  void know(BookId book, const AccountCreated& e) {
    state_.accounts.load({book, e.account.id}, std::nullopt);
  }
  void know(BookId book, const TransferCreated& e) {
    state_.transfer_ids.load({book, e.transfer.id}, std::nullopt);
  }
  void know(BookId book, const TransferRefused& e) { state_.transfer_ids.load({book, e.id}, std::nullopt); }
  template <class Other>
  void know(BookId, const Other&) {}

  ledger::State state_;
};

class Life {
 public:
  explicit Life(std::uint64_t seed)
      : start_(seed % 16 == 0 ? ledger::timestamp_max - 90 * ledger::ns_per_s  // where timeouts overflow
                              : 1'700'000'000 * ledger::ns_per_s),
        commands_(seed, start_),
        world_(seed % 2 == 0 ? Memory::warm : Memory::cold, open_ledgers),
        models_{{BookId{1}, Model(open_ledgers)}, {BookId{2}, Model(open_ledgers)}} {
    world_.time.set_stamp({start_});
  }

  void found() {
    for (const auto& [book, model] : models_) {
      world_.book = book;
      compare(commands_.founding_accounts(), world_.time.peek().value);
    }
  }

  void step() {
    world_.time.set_stamp({world_.time.peek().value + commands_.pause_ns()});
    expire();
    world_.book = BookId{commands_.below(8) == 0 ? 2u : 1u};
    const std::uint64_t start = world_.time.peek().value;
    if (commands_.wants_accounts()) compare(commands_.accounts(start), start);
    else compare(commands_.transfers(start), start);
    REQUIRE(world_.broken_invariants() == std::vector<std::string>{});
  }

  void end() {
    for (const auto& [book, model] : models_) compare_rows(book, model);
    Rebuilt rebuilt;
    for (const Event& event : world_.history) rebuilt.apply(event);
    REQUIRE(rebuilt.rows() == world_.rows);
  }

 private:
  template <class Item>
  void compare(const std::vector<Item>& batch, std::uint64_t start) {
    const std::vector<Event> events = world_.create(batch);
    const std::vector<Answer> expected = models_.at(world_.book).create(batch, start);
    REQUIRE(events.size() == batch.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto actual = ledger::test::result(events[i]);
      REQUIRE(std::string(actual.status) == expected[i].status);
      REQUIRE(actual.timestamp.value == expected[i].timestamp);
      REQUIRE(events[i].time.value == start + i);
    }
  }

  void expire() {
    const std::uint64_t now = world_.time.peek().value;
    std::vector<std::pair<Model::Due, BookId>> due;
    for (const auto& [book, model] : models_)
      for (const Model::Due& one : model.due(now)) due.emplace_back(one, book);
    std::sort(due.begin(), due.end());
    const std::size_t max = commands_.below(4);
    due.resize(std::min(due.size(), max));
    const std::vector<Event> events = world_.expire(max);
    REQUIRE(events.size() == due.size());
    for (std::size_t i = 0; i < due.size(); ++i) {
      REQUIRE(events[i].book == due[i].second);
      REQUIRE(std::get<TransferExpired>(events[i].body).id.value == due[i].first.id);
      models_.at(due[i].second).expire(due[i].first.id);
    }
  }

  void compare_rows(BookId book, const Model& model) {
    world_.book = book;
    for (u128 id = 0; id <= commands_.ids_max; ++id) REQUIRE(world_.find_account(id) == model.account(id));
    std::size_t transfers = 0;
    for (const auto& [key, value] : world_.rows) {
      const auto transfer = ledger::parse_transfer_key(key);
      transfers += transfer && transfer->book == book ? 1 : 0;
    }
    REQUIRE(transfers == model.transfers().size());
    for (const Model::Entry& entry : model.transfers()) {
      const auto row = world_.find_transfer(entry.transfer.id.value);
      REQUIRE(row);
      REQUIRE(row->transfer == entry.transfer);
      REQUIRE(static_cast<int>(row->status) == static_cast<int>(entry.phase));
    }
    for (u128 id = 0; id <= commands_.ids_max; ++id) {
      const bool known = world_.rows.contains(ledger::transfer_id_key({book, {id}}));
      REQUIRE(known == (model.burnt(id) || world_.find_transfer(id).has_value()));
    }
  }

  std::uint64_t start_;
  Commands commands_;
  World world_;
  std::map<BookId, Model> models_;
};

TEST_CASE("given any commands, the core answers and keeps what the model does") {
  const std::uint64_t commands = setting("FLORIN_PROPERTY_COMMANDS", 200'000);
  const std::uint64_t seed = setting("FLORIN_PROPERTY_SEED", std::random_device{}());
  std::printf("property: FLORIN_PROPERTY_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::uint64_t done = 0;
  for (std::uint64_t life = seed; done < commands; ++life) {
    INFO("FLORIN_PROPERTY_SEED=" << life << " FLORIN_PROPERTY_COMMANDS=1 runs the failing life alone");
    Life one(life);
    one.found();
    const std::uint64_t steps = 20 + life % 64;
    for (std::uint64_t i = 0; i < steps; ++i, ++done) {
      INFO("command " << i);
      one.step();
    }
    one.end();
  }
  CHECK(done >= commands);
}

}  // namespace
}  // namespace florin::property
