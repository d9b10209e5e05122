// What is asked for: the journal's record header, the command header and the command bodies. The bytes are
// described in docs/formats/journal.md.
#pragma once

#include <variant>
#include <vector>

#include "engine/base/result.hpp"
#include "schemas/access.hpp"
#include "schemas/ledger.hpp"
#include "schemas/transactions.hpp"

namespace florin {

inline constexpr std::uint16_t record_format = 0;
inline constexpr std::size_t record_bytes_max = 2u << 20;  // a sealed record, header and all
inline constexpr std::size_t record_commands_max = 8192;   // commands in one record

// Plain, authenticated as the seal's associated data.
struct RecordHeader {
  std::uint16_t format = record_format;
  PartitionId partition;
  AppenderId appender;
  Ordinal epoch;  // ordinal of the appender's own `appender_opened` record; 0 in that record itself
  std::uint64_t counter = 0;  // 0 in the `appender_opened` record, then 1, 2, ...
  Hash256 previous{};  // BLAKE2b-256 of the appender's previous sealed record; zero in `appender_opened`
  KeyId key;
  Timestamp send_time;       // the appender's clock when it sealed
  Timestamp original_stamp;  // of a record copied from another journal; else 0
  std::uint32_t count = 0;   // commands in the record, at least 1
  friend bool operator==(const RecordHeader&, const RecordHeader&) = default;
};

enum class CommandKind : std::uint16_t {
  genesis = 1,
  open_appender = 2,
  activate_key = 3,
  tick = 4,
  activate_ruleset = 5,
  open_book = 16,
  create_client = 17,
  revoke_client = 18,
  place_book = 19,
  open_ledgers = 32,
  create_accounts = 33,
  create_transfers = 34,
  bulk = 35,
};

// An Idempotency-Key and what was asked with it, as hashes under one fingerprint key.
struct KeyedCall {
  CommandId id;           // of book, principal and key
  Hash256 fingerprint{};  // of the body as sent
  friend bool operator==(const KeyedCall&, const KeyedCall&) = default;
};

inline constexpr std::size_t keyed_calls_max = 8;  // of one command: fingerprint keys in force at once

// A repeated call gets the first answer for this long on engine time (ledger_api: 7 days).
inline constexpr std::uint64_t key_retention_ns = 7ull * 24 * 3600 * 1'000'000'000;

// Sealed. One for each command.
struct CommandHeader {
  BookId book;
  Principal principal;
  std::uint64_t session = 0;             // of a user; 0 for clients
  std::uint16_t factors = 0;             // seen by the gateway; 0 for clients
  std::uint32_t credential_version = 0;  // of the credential that the gateway checked
  // The Idempotency-Key under each fingerprint key in force, the newest first: a call must still be known by
  // a key that was used before a rotation. Empty when none was given.
  std::vector<KeyedCall> keyed;
  Timestamp not_after;   // on engine time; 0 = none
  bool dry_run = false;  // answer what would happen, and change nothing
  friend bool operator==(const CommandHeader&, const CommandHeader&) = default;
};

struct Genesis {
  std::uint32_t ruleset = 1;
  KeyId key;
  friend bool operator==(const Genesis&, const Genesis&) = default;
};
struct OpenAppender {
  std::uint32_t rank = 0;  // for take-over; configuration, recorded here
  friend bool operator==(const OpenAppender&, const OpenAppender&) = default;
};
struct ActivateKey {
  KeyId key;
  friend bool operator==(const ActivateKey&, const ActivateKey&) = default;
};
struct Tick {
  friend bool operator==(const Tick&, const Tick&) = default;
};
// From the next record on everything is decided by these rules. Rulesets are numbered upwards, and never
// taken back.
struct ActivateRuleset {
  std::uint32_t ruleset = 0;
  friend bool operator==(const ActivateRuleset&, const ActivateRuleset&) = default;
};
struct OpenBook {
  std::string name;
  friend bool operator==(const OpenBook&, const OpenBook&) = default;
};
// Decided by partition 0 alone: the book is to be opened on another partition, and lives there from then on.
struct PlaceBook {
  std::string name;
  PartitionId partition;
  friend bool operator==(const PlaceBook&, const PlaceBook&) = default;
};
struct CreateClient {
  Client client;
  friend bool operator==(const CreateClient&, const CreateClient&) = default;
};
struct RevokeClient {
  ClientId client;
  friend bool operator==(const RevokeClient&, const RevokeClient&) = default;
};
struct OpenLedgers {
  std::vector<Ledger> ledgers;
  friend bool operator==(const OpenLedgers&, const OpenLedgers&) = default;
};
struct CreateAccounts {
  std::vector<Account> accounts;
  friend bool operator==(const CreateAccounts&, const CreateAccounts&) = default;
};
struct CreateTransfers {
  std::vector<Transfer> transfers;
  friend bool operator==(const CreateTransfers&, const CreateTransfers&) = default;
};

// Items of any kind, in order. Accounts and transfers that stand next to their kind are one batch: `linked`
// and imports hold within it.
struct Bulk {
  bool atomic = false;  // all of them or none; else each for itself
  std::vector<BulkItem> items;
  friend bool operator==(const Bulk&, const Bulk&) = default;
};

using CommandBody =
    std::variant<Genesis, OpenAppender, ActivateKey, Tick, ActivateRuleset, OpenBook, CreateClient,
                 RevokeClient, PlaceBook, OpenLedgers, CreateAccounts, CreateTransfers, Bulk>;

struct Command {
  CommandHeader header;
  CommandBody body;
  friend bool operator==(const Command&, const Command&) = default;
};

CommandKind kind(const CommandBody& body);

inline constexpr std::size_t record_header_bytes = 86;
Bytes encode_record_header(const RecordHeader& header);
Result<RecordHeader> decode_record_header(ByteView bytes);  // Errc::format

void encode_command(const Command& command, Bytes& out);  // appends
// All commands of a record's payload, exactly `count` of them; Errc::format when the bytes say anything else.
Result<std::vector<Command>> decode_commands(ByteView payload, std::uint32_t count);

}  // namespace florin
