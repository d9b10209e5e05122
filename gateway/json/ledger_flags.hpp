// The names of account and transfer flags, as requests say them and answers show them.
#pragma once

#include <array>

#include "gateway/json/fields.hpp"
#include "gateway/json/writer.hpp"
#include "schemas/transactions.hpp"

namespace florin::gateway::json {

// A flag that is known and not `supported` yet is refused with 422 flag_not_supported.
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
