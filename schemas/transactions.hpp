// What Florin adds to TigerBeetle's data model: transactions of many postings, reversals, metadata, and
// limits of accounts. All are said in a Bulk command (commands.hpp), also when it holds one of them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "schemas/ledger.hpp"

namespace florin {

enum class PostingSide : std::uint8_t { debit = 0, credit = 1 };

// One line of a transaction: an amount on one side of one account.
struct Posting {
  AccountId account;
  PostingSide side = PostingSide::debit;
  Amount amount;
  LedgerId ledger;  // the account's; 0 in a command
  friend bool operator==(const Posting&, const Posting&) = default;
};

// By key, ascending, each key once.
using Metadata = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t postings_max = 1000;        // of one transaction
inline constexpr std::size_t metadata_keys_max = 32;     // of one target
inline constexpr std::size_t metadata_bytes_max = 4096;  // of all keys and values of one target
inline constexpr std::size_t metadata_key_bytes_max = 64;
inline constexpr std::size_t bulk_events_max = batch_items_max;  // items and postings of one bulk, together

namespace transaction_flags {
inline constexpr std::uint16_t imported = 1 << 0;
inline constexpr std::uint16_t whole = 1 << 1;  // a reversal of all that is left, which names no postings
inline constexpr std::uint16_t all = (1 << 2) - 1;
}  // namespace transaction_flags

// In each ledger the sum of its debits is the sum of its credits.
struct Transaction {
  TransactionId id;
  TransactionId
      reversal_of;  // 0 = none; else each posting takes back from the other side of its account there
  u128 user_data_128 = 0;
  std::uint64_t user_data_64 = 0;
  std::uint32_t user_data_32 = 0;
  std::uint16_t code = 0;
  std::uint16_t flags = 0;
  Timestamp timestamp;  // in a command: 0, or of an imported one its own
  std::vector<Posting> postings;
  Metadata metadata;
  friend bool operator==(const Transaction&, const Transaction&) = default;
};

// The transfers that post a transaction bear ids in a range of their own: 2^127 + (id mod 2^117) * 2^10 +
// index.
inline constexpr u128 leg_id_bit = u128{1} << 127;
inline constexpr bool is_leg(TransferId id) { return (id.value & leg_id_bit) != 0; }
inline constexpr unsigned leg_index_bits = 10;
static_assert(postings_max < (1u << leg_index_bits));
inline TransferId leg_id(TransactionId transaction, std::uint32_t index) {
  return {leg_id_bit | (transaction.value << leg_index_bits & ~leg_id_bit) | index};
}

// How far an account's balance may go, changed by a command. None = as its flags say.
struct Limits {
  std::optional<Amount>
      debit_balance_max;  // debits, pending ones included, exceed posted credits by at most this
  std::optional<Amount>
      credit_balance_max;  // credits, pending ones included, exceed posted debits by at most this
  friend bool operator==(const Limits&, const Limits&) = default;
};

enum class TargetKind : std::uint8_t { account = 0, transfer = 1, transaction = 2 };
struct Target {
  TargetKind kind = TargetKind::account;
  u128 id = 0;
  friend constexpr auto operator<=>(const Target&, const Target&) = default;
};

struct SetMetadata {
  Target target;
  std::vector<std::pair<std::string, std::optional<std::string>>> changes;  // by key, each once; none = erase
  friend bool operator==(const SetMetadata&, const SetMetadata&) = default;
};
struct SetLimits {
  AccountId account;
  Limits limits;
  friend bool operator==(const SetLimits&, const SetLimits&) = default;
};

using BulkItem = std::variant<Account, Transfer, Transaction, SetMetadata, SetLimits>;

}  // namespace florin
