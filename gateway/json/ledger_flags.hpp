// The names of account and transfer flags, as requests say them and answers show them.
#pragma once

#include <array>

#include "gateway/json/fields.hpp"
#include "gateway/json/writer.hpp"
#include "schemas/transactions.hpp"

namespace florin::gateway::json {

inline constexpr std::array<Flag, 6> account_flag_names{{
    {"linked", account_flags::linked},
    {"debits_must_not_exceed_credits", account_flags::debits_must_not_exceed_credits},
    {"credits_must_not_exceed_debits", account_flags::credits_must_not_exceed_debits},
    {"history", account_flags::history},
    {"imported", account_flags::imported},
    {"closed", account_flags::closed},
}};

inline constexpr std::array<Flag, 9> transfer_flag_names{{
    {"linked", transfer_flags::linked},
    {"pending", transfer_flags::pending},
    {"post_pending_transfer", transfer_flags::post_pending_transfer},
    {"void_pending_transfer", transfer_flags::void_pending_transfer},
    {"balancing_debit", transfer_flags::balancing_debit},
    {"balancing_credit", transfer_flags::balancing_credit},
    {"closing_debit", transfer_flags::closing_debit},
    {"closing_credit", transfer_flags::closing_credit},
    {"imported", transfer_flags::imported},
}};

// What a flag of transfers comes to on an account, and one of accounts on a transfer: the ledger's result is
// reserved_flag. It has no such result for transactions, on which those names are unknown.
inline constexpr std::uint16_t account_flag_reserved = 1 << 15;
inline constexpr std::uint16_t transfer_flag_reserved = 1 << 15;
static_assert((account_flag_reserved & account_flags::all) == 0);
static_assert((transfer_flag_reserved & transfer_flags::all) == 0);
inline constexpr OtherFlags not_of_accounts{transfer_flag_names, account_flag_reserved};
inline constexpr OtherFlags not_of_transfers{account_flag_names, transfer_flag_reserved};

inline constexpr std::array<Flag, 1> transaction_flag_names{{
    {"imported", transaction_flags::imported},
}};

inline void write_flags(Writer& out, std::span<const Flag> table, std::uint16_t flags) {
  out.key("flags").begin_array();
  for (const Flag& flag : table)
    if ((flags & flag.bit) != 0) out.string(flag.name);
  out.end_array();
}

}  // namespace florin::gateway::json
