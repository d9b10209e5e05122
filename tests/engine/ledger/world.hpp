// A ledger for tests: the core with a store of rows in memory, a clock that moves when a test says so, and
// all that the processor does around the core. A cold world forgets its memory after each command, so that
// every row passes through the store and a fetch that is missing shows.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "engine/ledger/apply.hpp"
#include "engine/ledger/decide.hpp"
#include "engine/ledger/invariants.hpp"
#include "engine/ledger/rows.hpp"

namespace florin::ledger::test {

using Rows = std::map<Bytes, Bytes>;

class OpenLedgers final : public LedgerDirectory {
 public:
  explicit OpenLedgers(std::set<std::uint32_t> open) : open_(std::move(open)) {}
  bool open(BookId, LedgerId ledger) const override { return open_.contains(ledger.value); }

 private:
  std::set<std::uint32_t> open_;
};

enum class Memory { warm, cold };

class World {
 public:
  explicit World(Memory memory = Memory::warm, std::set<std::uint32_t> open = {1, 2})
      : ledgers(std::move(open)), memory_(memory) {}

  BookId book{1};
  EngineTime time{Timestamp{1'000'000'000'000}};
  OpenLedgers ledgers;
  Rows rows;                   // what is stored
  std::vector<Event> history;  // every event so far

  std::vector<Event> create(const std::vector<Account>& accounts) {
    return run(CreateAccounts{accounts}, create_accounts);
  }
  std::vector<Event> create(const std::vector<Transfer>& transfers) {
    return run(CreateTransfers{transfers}, create_transfers);
  }

  std::vector<Event> create(const Bulk& bulk) { return run(bulk, execute_bulk); }

  std::vector<Event> preview(const std::vector<Account>& accounts) {
    return run(CreateAccounts{accounts}, create_accounts, true);
  }
  std::vector<Event> preview(const std::vector<Transfer>& transfers) {
    return run(CreateTransfers{transfers}, create_transfers, true);
  }
  std::vector<Event> preview(const Bulk& bulk) { return run(bulk, execute_bulk, true); }

  std::vector<Event> expire(std::size_t max = 1000) {
    const Timestamp now = time.peek();
    load([&](Fetch& fetch) { return collect_expiries(state_, now, max, fetch); });
    std::vector<Event> out;
    ledger::expire(state_, time, max, out);
    commit(out);
    return out;
  }

  // The record after the time that has passed: what is due is released first.
  void pass_ns(std::uint64_t ns) {
    time.set_stamp({time.previous().value + ns});
    expire();
  }
  void pass_s(std::uint64_t s) { pass_ns(s * ns_per_s); }

  std::optional<AccountRow> find_account(u128 id) const {
    const InBook<AccountId> key{book, {id}};
    const auto row = rows.find(account_key(key));
    return row == rows.end() ? std::nullopt : decode_account(key, row->second);
  }
  std::optional<TransferRow> find_transfer(u128 id) const {
    const InBook<TransferId> key{book, {id}};
    const auto id_row = rows.find(transfer_id_key(key));
    if (id_row == rows.end()) return std::nullopt;
    const auto timestamp = decode_transfer_id(key, id_row->second);
    REQUIRE(timestamp);
    if (timestamp->burnt()) return std::nullopt;
    return decode_transfer({book, timestamp->transfer}, rows.at(transfer_key({book, timestamp->transfer})));
  }

  std::optional<TransactionRow> find_transaction(u128 id) const {
    const InBook<TransactionId> key{book, {id}};
    const auto row = rows.find(transaction_key(key));
    if (row == rows.end()) return std::nullopt;
    const auto found = decode_transaction(key, row->second);
    REQUIRE(found);
    return found->burnt() ? std::nullopt : found;
  }
  Metadata metadata(TargetKind kind, u128 id) const {
    const InBook<Target> key{book, {kind, id}};
    const auto row = rows.find(metadata_key(key));
    return row == rows.end() ? Metadata{} : *decode_metadata(key, row->second);
  }

  std::vector<std::string> broken_invariants() const {
    InvariantCheck check;
    for (const auto& [key, value] : rows) must(check.row(key, value));
    return check.broken();
  }

  State& state() { return state_; }

 private:
  // For the checks of each row: a REQUIRE costs more than what it looks at.
  static void must(const Result<void>& result) {
    if (!result) FAIL(result.error().message);
  }

  template <class Command, class Create>
  std::vector<Event> run(const Command& command, Create create_items, bool dry_run = false) {
    load([&](Fetch& fetch) {
      collect(book, command, state_, fetch);
      return !fetch.empty();
    });
    if constexpr (!std::is_same_v<Command, CreateAccounts>)
      load([&](Fetch& fetch) { return reach(book, command, state_, fetch); });
    std::vector<Event> out;
    if (dry_run) begin_dry_run(state_);
    create_items(state_, Context{book, 0, time, ledgers}, command, out);
    if (dry_run) end_dry_run(state_, out, 0);
    commit(out);
    return out;
  }

  template <class Ask>
  void load(Ask ask) {
    for (int rounds = 1;; ++rounds) {
      Fetch fetch;
      const bool more = ask(fetch);
      learn(state_, fetch);
      if (!more) return;
      REQUIRE(rounds <= 3);
      for (const Bytes& key : keys(fetch)) {
        const auto row = rows.find(key);
        must(ledger::load(state_, key,
                          row == rows.end() ? std::nullopt : std::optional<ByteView>(row->second)));
      }
    }
  }

  void commit(const std::vector<Event>& events) {
    history.insert(history.end(), events.begin(), events.end());
    changes(state_, [this](const RowChange& row) {
      const Bytes key(row.key.begin(), row.key.end());
      if (!parse_expiry_key(key)) CHECK(row.fresh == !rows.contains(key));
      if (row.value) rows[key].assign(row.value->begin(), row.value->end());
      else rows.erase(key);
    });
    settle(state_);
    if (memory_ == Memory::cold) restart();
  }

  void restart() {
    state_ = State{};
    const KeyRange range = start_rows();
    for (auto it = rows.lower_bound(range.first); it != rows.end() && it->first < range.last; ++it)
      must(ledger::load(state_, it->first, it->second));
  }

  State state_;
  Memory memory_;
};

// What became of an item, whatever its kind: the status's name and the timestamp that the client is told.
struct ItemResult {
  std::string_view status;
  Timestamp timestamp;
};

inline ItemResult result(const Event& event) {
  if (const auto* created = std::get_if<AccountCreated>(&event.body))
    return {"created", created->account.timestamp};
  if (const auto* created = std::get_if<TransferCreated>(&event.body))
    return {"created", created->transfer.timestamp};
  if (const auto* refused = std::get_if<AccountRefused>(&event.body))
    return {name(refused->status), refused->timestamp};
  if (const auto* refused = std::get_if<TransferRefused>(&event.body))
    return {name(refused->status), refused->timestamp};
  if (const auto* created = std::get_if<TransactionCreated>(&event.body))
    return {"created", created->transaction.timestamp};
  if (const auto* refused = std::get_if<TransactionRefused>(&event.body))
    return {name(refused->status), refused->timestamp};
  if (std::holds_alternative<MetadataSet>(event.body) || std::holds_alternative<LimitsSet>(event.body))
    return {"set", event.time};
  if (const auto* refused = std::get_if<MetadataRefused>(&event.body))
    return {name(refused->status), event.time};
  if (const auto* refused = std::get_if<LimitsRefused>(&event.body))
    return {name(refused->status), event.time};
  return {"no item", {}};
}

}  // namespace florin::ledger::test
