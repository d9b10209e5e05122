// A whole partition in memory, driven by hand: commands in, events out. For tests of the engine's rooms.
#pragma once

#include <doctest/doctest.h>

#include "engine/base/hash.hpp"
#include "engine/clock/manual_clock.hpp"
#include "engine/envelope/envelope.hpp"
#include "engine/journal/memory_event_log.hpp"
#include "engine/journal/memory_journal.hpp"
#include "engine/keyring/memory_keyring.hpp"
#include "engine/processor/digest.hpp"
#include "engine/processor/genesis.hpp"
#include "engine/processor/processor.hpp"
#include "engine/store/memory_store.hpp"

namespace florin::testing {

inline constexpr PartitionId partition{0};
inline constexpr BookId book{1};
inline constexpr ClientId robot{42};

inline CommandHeader by_operator(BookId in = book) {
  CommandHeader header;
  header.book = in;
  header.principal = {PrincipalKind::operator_, 0};
  return header;
}
inline CommandHeader by_client(ClientId id = robot, BookId in = book) {
  CommandHeader header;
  header.book = in;
  header.principal = {PrincipalKind::client, id.value};
  header.credential_version = 1;
  return header;
}

// Writes records as one appender does: epoch, counter and chain in order.
class Appender {
 public:
  Appender(Journal& journal, const Envelope& envelope, AppenderId id, KeyId key = {1})
      : journal_(journal), envelope_(envelope) {
    header_.partition = partition;
    header_.appender = id;
    header_.key = key;
  }
  Ordinal open() {
    header_.epoch = {};
    header_.counter = 0;
    header_.previous = {};
    const Ordinal epoch = append({{{}, OpenAppender{0}}});
    header_.epoch = epoch;
    header_.counter = 1;
    return epoch;
  }
  Ordinal append(const std::vector<Command>& commands) {
    Bytes payload;
    for (const Command& command : commands) encode_command(command, payload);
    header_.count = static_cast<std::uint32_t>(commands.size());
    last_ = envelope_.seal_record(header_, payload).value();
    header_.previous = blake2b(last_);
    if (header_.epoch.value != 0) ++header_.counter;
    return append_again();
  }
  Ordinal append_again() { return journal_.append(std::span(&last_, 1)).value().first; }  // the same bytes
  RecordHeader& header() { return header_; }

 private:
  Journal& journal_;
  const Envelope& envelope_;
  RecordHeader header_;
  Bytes last_;
};

class Partition {
 public:
  explicit Partition(std::uint64_t start_ns = 1'700'000'000'000'000'000)
      : clock({start_ns}), envelope(keyring), journal(clock), appender(journal, envelope, {1}) {
    REQUIRE(keyring.add(KeyPurpose::data, {1}, SecretKey(Bytes(32, 1))).has_value());
    REQUIRE(processor::write_genesis(journal, keyring, envelope, partition).has_value());
    appender.open();
    restart();
    step();
  }
  // A new processor over what the store holds, as after a restart.
  void restart() {
    processor = processor::Processor::open({journal, store, events, envelope}, partition).value();
  }
  void step() {
    for (auto records = processor->step(); records.value() > 0; records = processor->step()) {
    }
  }
  std::vector<Event> run(const std::vector<Command>& commands) {
    const Sequence from = events.next();
    appender.append(commands);
    step();
    return since(from);
  }
  std::vector<Event> since(Sequence from) const {
    std::vector<Event> out;
    const auto batches = events.read(from, ~std::size_t{0}).value();
    for (const EventBatchPtr& batch : batches)
      out.insert(out.end(), batch->events.begin(), batch->events.end());
    return out;
  }
  Hash256 digest() const { return processor::state_digest(store).value().hash; }
  void open_book_with_robot() {
    Client client;
    client.id = robot;
    client.name = "robot";
    client.scopes = scopes::all;
    client.all_ledgers = true;
    run({{by_operator(), OpenBook{"Book"}},
         {by_operator(), CreateClient{client}},
         {by_operator(), OpenLedgers{{{{700}, "EUR", 2, "Euro", {}}}}}});
  }

  ManualClock clock;
  MemoryKeyring keyring;
  Envelope envelope;
  MemoryJournal journal;
  MemoryStore store;
  MemoryEventLog events;
  Appender appender;
  std::unique_ptr<processor::Processor> processor;
};

inline Account account(u128 id, std::uint32_t ledger = 700, std::uint16_t flags = 0) {
  Account row;
  row.id = {id};
  row.ledger = {ledger};
  row.code = 1;
  row.flags = flags;
  return row;
}
inline Transfer transfer(u128 id, u128 debit, u128 credit, u128 amount, std::uint32_t ledger = 700) {
  Transfer row;
  row.id = {id};
  row.debit_account_id = {debit};
  row.credit_account_id = {credit};
  row.amount = {amount};
  row.ledger = {ledger};
  row.code = 1;
  return row;
}

}  // namespace florin::testing
