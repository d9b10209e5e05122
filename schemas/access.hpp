// Who acts, and what they may do: principals, scopes, grants.
#pragma once

#include <string>
#include <vector>

#include "schemas/ids.hpp"

namespace florin {

enum class PrincipalKind : std::uint8_t {
  system = 0,     // Florin itself: genesis, appenders, keys, ticks
  operator_ = 1,  // whoever reaches the admin socket
  client = 2,     // an API client of the book
};

struct Principal {
  PrincipalKind kind = PrincipalKind::system;
  std::uint64_t id = 0;  // the ClientId of a client; 0 for the others
  friend constexpr auto operator<=>(const Principal&, const Principal&) = default;
};

namespace scopes {
inline constexpr std::uint16_t ledger_read = 1 << 0;
inline constexpr std::uint16_t ledger_write = 1 << 1;
inline constexpr std::uint16_t audit_read = 1 << 2;
inline constexpr std::uint16_t book_admin = 1 << 3;  // opens ledgers, and is granted what it opens
inline constexpr std::uint16_t all = (1 << 4) - 1;
}  // namespace scopes

struct Client {
  ClientId id;
  std::string name;
  Hash256 secret_hash{};  // BLAKE2b-256 of the 256-bit secret, which is shown once and kept nowhere
  std::uint16_t scopes = 0;
  bool all_ledgers = false;       // the grant "*"
  std::vector<LedgerId> ledgers;  // granted one by one, ascending
  std::uint32_t version = 1;      // of the credential
  bool revoked = false;
  Timestamp timestamp;
  friend bool operator==(const Client&, const Client&) = default;
};

bool granted(const Client& client, LedgerId ledger);

// "ledger:read ledger:write": the names that clients and tokens use. Parsing refuses unknown and repeated
// names.
std::string scope_names(std::uint16_t scopes);
bool parse_scopes(std::string_view text, std::uint16_t& scopes);

}  // namespace florin
