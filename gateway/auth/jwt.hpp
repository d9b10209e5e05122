// Access tokens as JWT: JWS compact form, EdDSA only, with the claims of RFC 9068 and ours. The key fixes the
// algorithm, and nothing that a token says about how to check it is believed.
//
// Sources: RFC 7515 (JWS), RFC 7519 (JWT), RFC 8037 (EdDSA), RFC 8725 (best practice), RFC 9068 (access
// tokens).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/auth/credentials.hpp"
#include "gateway/auth/signing_keys.hpp"
#include "gateway/http/auth_context.hpp"

namespace florin::gateway {

inline constexpr std::size_t token_bytes_max = 2048;
inline constexpr std::uint64_t clock_leeway_s = 5;  // between the clocks of two gateways

struct TokenNames {
  std::string issuer = "florin";
  std::string audience = "florin-api";
  friend bool operator==(const TokenNames&, const TokenNames&) = default;
};

struct Claims {
  TokenNames names;                      // iss, aud
  ClientName client;                     // sub, client_id and book
  std::uint16_t scopes = 0;              // scope
  std::uint32_t credential_version = 0;  // cv
  std::uint64_t issued_at_s = 0;         // iat, seconds since the Unix epoch as all times of a token
  std::uint64_t expires_at_s = 0;        // exp
  std::uint64_t not_before_s = 0;        // nbf; 0 = not said
  std::string token_id;                  // jti
  friend bool operator==(const Claims&, const Claims&) = default;
};

// Signed by the newest key. Errors: those of signing.
Result<std::string> write_token(const Claims& claims, const SigningKeys& keys);

struct ReadToken {
  Claims claims;
  std::string kid;  // of the key that verified it
};
// A token that a known key signed and whose issuer, audience and type are ours; its times are not looked at.
// Refusals: malformed (not three parts of strict base64url, header not strict JSON, too long), forged (all
// else).
tl::expected<ReadToken, AuthRefusal> read_token(std::string_view token, const SigningKeys& keys,
                                                const TokenNames& names);

// Whether the token is good at this moment: not before nbf and iat (with leeway), before exp (without).
bool in_time(const Claims& claims, Timestamp now);

}  // namespace florin::gateway
