// Accounts, transfers and ledgers as they are said on the wire and kept in state. Field names and meanings
// are those of TigerBeetle's data model (docs/reference/account and transfer).
#pragma once

#include <string>

#include "schemas/money.hpp"

namespace florin {

namespace account_flags {
inline constexpr std::uint16_t linked = 1 << 0;
inline constexpr std::uint16_t debits_must_not_exceed_credits = 1 << 1;
inline constexpr std::uint16_t credits_must_not_exceed_debits = 1 << 2;
inline constexpr std::uint16_t history = 1 << 3;
inline constexpr std::uint16_t imported = 1 << 4;
inline constexpr std::uint16_t closed = 1 << 5;
inline constexpr std::uint16_t all = (1 << 6) - 1;
}  // namespace account_flags

namespace transfer_flags {
inline constexpr std::uint16_t linked = 1 << 0;
inline constexpr std::uint16_t pending = 1 << 1;
inline constexpr std::uint16_t post_pending_transfer = 1 << 2;
inline constexpr std::uint16_t void_pending_transfer = 1 << 3;
inline constexpr std::uint16_t balancing_debit = 1 << 4;
inline constexpr std::uint16_t balancing_credit = 1 << 5;
inline constexpr std::uint16_t closing_debit = 1 << 6;
inline constexpr std::uint16_t closing_credit = 1 << 7;
inline constexpr std::uint16_t imported = 1 << 8;
inline constexpr std::uint16_t all = (1 << 9) - 1;
}  // namespace transfer_flags

struct Balances {
  Amount debits_pending, debits_posted, credits_pending, credits_posted;
  friend bool operator==(const Balances&, const Balances&) = default;
};

struct Account {
  AccountId id;
  Balances balances;  // in a command: what the client sent, which must be zero
  u128 user_data_128 = 0;
  std::uint64_t user_data_64 = 0;
  std::uint32_t user_data_32 = 0;
  std::uint32_t reserved = 0;  // must be zero; only the binary form can say otherwise
  LedgerId ledger;
  std::uint16_t code = 0;
  std::uint16_t flags = 0;
  Timestamp timestamp;
  friend bool operator==(const Account&, const Account&) = default;
};

struct Transfer {
  TransferId id;
  AccountId debit_account_id;
  AccountId credit_account_id;
  Amount amount;
  TransferId pending_id;
  u128 user_data_128 = 0;
  std::uint64_t user_data_64 = 0;
  std::uint32_t user_data_32 = 0;
  std::uint32_t timeout = 0;  // seconds; 0 = none
  LedgerId ledger;
  std::uint16_t code = 0;
  std::uint16_t flags = 0;
  Timestamp timestamp;
  friend bool operator==(const Transfer&, const Transfer&) = default;
};

struct Ledger {
  LedgerId id;
  std::string currency;       // ISO 4217 alphabetic code, three capital letters
  std::uint8_t exponent = 0;  // digits after the decimal point, 0 to 18
  std::string name;           // 1 to 100 bytes of UTF-8
  Timestamp timestamp;
  friend bool operator==(const Ledger&, const Ledger&) = default;
};

inline constexpr std::size_t batch_items_max = 8189;   // accounts or transfers in one call, as in TigerBeetle
inline constexpr std::size_t ledgers_items_max = 100;  // ledgers in one call
inline constexpr std::size_t name_bytes_max = 100;     // names of books, ledgers and clients

}  // namespace florin
