// The Idempotency-Key field: a structured-field string (draft-ietf-httpapi-idempotency-key-header-07, RFC
// 9651 section 3.3.3), or the same text bare, as Stripe's clients send it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace florin::gateway {

inline constexpr std::size_t idempotency_key_bytes_max = 255;
inline constexpr std::string_view replayed_field = "Idempotency-Replayed";  // of an answer given before

// The key that the field's value says; none when it is not well-formed.
std::optional<std::string> parse_idempotency_key(std::string_view field);

}  // namespace florin::gateway
