// What became of commands: one event for each item, named by a gapless sequence, in event records whose bytes
// are the same whoever computes them. The bytes are described in docs/formats/events.md.
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "engine/base/result.hpp"
#include "schemas/access.hpp"
#include "schemas/ledger.hpp"
#include "schemas/rejections.hpp"
#include "schemas/statuses.hpp"
#include "schemas/transactions.hpp"

namespace florin {

inline constexpr std::uint16_t event_format = 0;
// A record's events are split where the plain payload would pass this limit; fixed by ruleset 1.
inline constexpr std::size_t event_payload_bytes_max = 900'000;

struct GenesisRecorded {
  std::uint32_t ruleset = 0;
  KeyId key;
  friend bool operator==(const GenesisRecorded&, const GenesisRecorded&) = default;
};
struct AppenderOpened {
  AppenderId appender;
  Ordinal epoch;
  std::uint32_t rank = 0;
  friend bool operator==(const AppenderOpened&, const AppenderOpened&) = default;
};
struct KeyActivated {
  KeyId key;
  friend bool operator==(const KeyActivated&, const KeyActivated&) = default;
};
struct Ticked {
  friend bool operator==(const Ticked&, const Ticked&) = default;
};
// From the next record on these rules hold.
struct RulesetActivated {
  std::uint32_t ruleset = 0;
  friend bool operator==(const RulesetActivated&, const RulesetActivated&) = default;
};
// The record was not applied: a duplicate of an earlier one, of a fenced epoch, or one that nobody can open
// and an operator has quarantined. One for the whole record, whose hash is in the event record's header.
struct RecordSkipped {
  enum class Reason : std::uint8_t { duplicate = 1, fenced = 2, quarantined = 3 } reason = Reason::duplicate;
  friend bool operator==(const RecordSkipped&, const RecordSkipped&) = default;
};
// The whole command was refused; nothing of it was applied.
struct CommandRefused {
  Rejection reason{};
  std::uint32_t item = 0;  // the item that it is about, where it is about one
  friend bool operator==(const CommandRefused&, const CommandRefused&) = default;
};
// The same command was decided before: its answer is in the events [first, first + count).
struct CommandRepeated {
  Sequence first;
  std::uint32_t count = 0;
  friend bool operator==(const CommandRepeated&, const CommandRepeated&) = default;
};
struct BookOpened {
  std::string name;
  friend bool operator==(const BookOpened&, const BookOpened&) = default;
};
struct BookPlaced {
  std::string name;
  PartitionId partition;  // where it is to be opened
  friend bool operator==(const BookPlaced&, const BookPlaced&) = default;
};
struct ClientCreated {
  Client client;
  friend bool operator==(const ClientCreated&, const ClientCreated&) = default;
};
struct ClientRevoked {
  ClientId client;
  friend bool operator==(const ClientRevoked&, const ClientRevoked&) = default;
};
struct LedgerOpened {
  Ledger ledger;
  ClientId granted_to;  // the client that opened it; 0 for the operator
  friend bool operator==(const LedgerOpened&, const LedgerOpened&) = default;
};
struct LedgerRefused {
  LedgerId id;
  LedgerStatus status{};
  Timestamp timestamp;  // of the first answer for `exists`, else of this event
  friend bool operator==(const LedgerRefused&, const LedgerRefused&) = default;
};
struct AccountCreated {
  Account account;  // as stored, its timestamp included
  friend bool operator==(const AccountCreated&, const AccountCreated&) = default;
};
struct AccountRefused {
  AccountId id;
  AccountStatus status{};
  Timestamp timestamp;  // of the first answer for `exists`, else of this event
  friend bool operator==(const AccountRefused&, const AccountRefused&) = default;
};

// An account after a transfer: resulting balances, and flags because a transfer may close or reopen it.
struct AccountAfter {
  Balances balances;
  std::uint16_t flags = 0;
  friend bool operator==(const AccountAfter&, const AccountAfter&) = default;
};
struct TransferCreated {
  Transfer transfer;  // as stored: the real amount, inherited fields and timestamp included
  AccountAfter debit, credit;
  friend bool operator==(const TransferCreated&, const TransferCreated&) = default;
};
// What a refusal by a limit says: how much the account could have taken at that moment.
struct Available {
  AccountId account;
  Amount amount;
  friend bool operator==(const Available&, const Available&) = default;
};
struct TransferRefused {
  TransferId id;
  TransferStatus status{};
  Timestamp timestamp;                                // of the first answer for `exists`, else of this event
  std::optional<Available> available = std::nullopt;  // with exceeds_credits and exceeds_debits
  friend bool operator==(const TransferRefused&, const TransferRefused&) = default;
};
// A pending transfer ran out of time; what it held is released.
struct TransferExpired {
  TransferId id;
  AccountId debit_account_id, credit_account_id;
  Amount amount;
  LedgerId ledger;
  AccountAfter debit, credit;
  std::uint16_t flags = 0;  // of the pending transfer: they tell whether its end reopens an account
  friend bool operator==(const TransferExpired&, const TransferExpired&) = default;
};

// A transaction, followed by as many TransferCreated events as it has legs: the transfers that post it. A
// leg's timestamp is the transaction's plus 1, 2, ...
struct TransactionCreated {
  Transaction
      transaction;  // as stored: the ledger of each posting, the postings of a whole reversal, timestamp
  std::uint32_t legs = 0;
  friend bool operator==(const TransactionCreated&, const TransactionCreated&) = default;
};
struct TransactionRefused {
  TransactionId id;
  TransactionStatus status{};
  Timestamp timestamp;                                // of the first answer for `exists`, else of this event
  std::uint32_t posting = 0;                          // the posting that it is about, where it is about one
  std::optional<Available> available = std::nullopt;  // with exceeds_credits and exceeds_debits
  friend bool operator==(const TransactionRefused&, const TransactionRefused&) = default;
};
// The metadata of a target changed: each key with its value before and after, in order of keys.
struct MetadataSet {
  struct Change {
    std::string key;
    std::optional<std::string> before, after;  // none = absent
    friend bool operator==(const Change&, const Change&) = default;
  };
  Target target;
  Timestamp timestamp;  // of the target
  std::vector<Change> changes;
  friend bool operator==(const MetadataSet&, const MetadataSet&) = default;
};
struct MetadataRefused {
  Target target;
  MetadataStatus status{};
  friend bool operator==(const MetadataRefused&, const MetadataRefused&) = default;
};
struct LimitsSet {
  AccountId id;
  Limits limits;
  friend bool operator==(const LimitsSet&, const LimitsSet&) = default;
};
struct LimitsRefused {
  AccountId id;
  LimitsStatus status{};
  friend bool operator==(const LimitsRefused&, const LimitsRefused&) = default;
};
// What would have happened: an event of a dry run, of which nothing was applied. Read models pass over it.
struct Previewed {
  Bytes body;  // the event's kind and body, encoded; decode_previewed() reads it
  friend bool operator==(const Previewed&, const Previewed&) = default;
};

using EventBody =
    std::variant<GenesisRecorded, AppenderOpened, KeyActivated, Ticked, RulesetActivated, RecordSkipped,
                 CommandRefused, CommandRepeated, BookOpened, ClientCreated, ClientRevoked, BookPlaced,
                 LedgerOpened, LedgerRefused, AccountCreated, AccountRefused, TransferCreated,
                 TransferRefused, TransferExpired, TransactionCreated, TransactionRefused, MetadataSet,
                 MetadataRefused, LimitsSet, LimitsRefused, Previewed>;

// In Event::command: no command asked for it (expiries).
inline constexpr std::uint32_t no_command = ~std::uint32_t{0};

struct Event {
  Timestamp time;             // engine time, unique and ascending over the events of a partition
  BookId book;                // 0 for events of the system
  std::uint32_t command = 0;  // index of the command in its record, or no_command
  EventBody body;
  friend bool operator==(const Event&, const Event&) = default;
};

// Plain, authenticated as the seal's associated data.
struct EventRecordHeader {
  std::uint16_t format = event_format;
  PartitionId partition;
  Ordinal ordinal;           // of the command record that these events answer
  Hash256 command_record{};  // BLAKE2b-256 of that sealed record
  std::uint32_t part = 0;    // 0.. ; a command record's events may need several event records
  bool last = true;          // the last part
  Sequence first;            // of the events; they are first .. first + count - 1
  std::uint32_t count = 0;
  Hash256 previous{};  // BLAKE2b-256 of the sealed event record before this one; zero for the first
  KeyId key;
  friend bool operator==(const EventRecordHeader&, const EventRecordHeader&) = default;
};

// An opened event record. Readers share it and never change it.
struct EventBatch {
  EventRecordHeader header;
  Hash256 hash{};  // BLAKE2b-256 of its sealed bytes; the next record's `previous`
  std::vector<Event> events;
  Sequence next() const { return Sequence{header.first.value + header.count}; }
};
using EventBatchPtr = std::shared_ptr<const EventBatch>;

std::uint16_t kind(const EventBody& body);     // the number on the wire
std::string_view name(const EventBody& body);  // "transfer_created"

inline constexpr std::size_t event_record_header_bytes = 99;
Bytes encode_event_record_header(const EventRecordHeader& header);
Result<EventRecordHeader> decode_event_record_header(ByteView bytes);  // Errc::format

void encode_event(const Event& event, Bytes& out);  // appends
Previewed preview(const EventBody& body);
Result<EventBody> decode_previewed(const Previewed& event);  // Errc::format
// All events of a record's payload, exactly `count` of them; Errc::format when the bytes say anything else.
Result<std::vector<Event>> decode_events(ByteView payload, std::uint32_t count);

}  // namespace florin
