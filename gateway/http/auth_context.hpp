// Who calls: the ports through which the HTTP edge learns it and hands out tokens. gateway/auth implements
// them.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/result.hpp"
#include "schemas/commands.hpp"

namespace florin::gateway {

// What a checked credential says. Scopes are those of the token, which may be fewer than the client's.
struct AuthContext {
  BookId book;
  Principal principal;
  std::uint16_t scopes = 0;
  std::uint32_t credential_version = 0;
  // Where the book lives, as the gateway that introduced the caller says; 0 without one.
  PartitionId partition{};
  // The caller is judged by the directory no earlier than there: where the gateway that introduced it saw it.
  Sequence known_at{};
};

// Why a credential was not taken. Each has its own problem code (gateway/http/problem.hpp).
enum class AuthRefusal {
  malformed,            // not "Bearer" and one well-formed token
  forged,               // unknown key, another algorithm, wrong signature, issuer, audience or type
  expired,              // past its end, or not valid yet
  client_unknown,       // the token's client does not exist (any more)
  client_revoked,       // the token's client was revoked
  credential_outdated,  // the client's secret was changed after the token was issued
  unavailable,          // what is needed to judge it cannot be read: fail closed, 503
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // `authorization` is the whole value of the Authorization field, which is there and not empty. Called on
  // the I/O thread before the body is read: it must not block on a disk or a lock that is held for long.
  virtual tl::expected<AuthContext, AuthRefusal> authenticate(std::string_view authorization) = 0;
};

struct Token {
  std::string access_token;
  std::uint32_t expires_in_s = 0;
  std::uint16_t scopes = 0;  // what was granted
};

// Refusals of the token call, as RFC 6749 section 5.2 names them.
enum class TokenRefusal {
  invalid_client,     // unknown client, wrong secret, revoked: never said which
  invalid_scope,      // unknown or repeated scope names, or more than the client holds
  too_many_attempts,  // wrong secrets for one client id beyond the limit: 429, Retry-After 60
};

class TokenIssuer {
 public:
  virtual ~TokenIssuer() = default;
  // Client credentials (RFC 6749 section 4.4). An empty `scope` asks for all that the client holds. May
  // block: called on a worker thread, never on the I/O thread. Errors: those of the read models and of
  // signing.
  virtual Result<std::variant<Token, TokenRefusal>> issue(std::string_view client_id,
                                                          std::string_view client_secret,
                                                          std::string_view scope) = 0;
};

// Turns an Idempotency-Key into what the command header carries. The keys of the hashes can be destroyed
// after their retention, so that nothing about a body can be learned from the journal later.
class IdempotencyHasher {
 public:
  virtual ~IdempotencyHasher() = default;
  // Under each fingerprint key in force, the newest first. `asked` is what a repeated call must ask again.
  virtual std::vector<KeyedCall> hash(const Principal& principal, BookId book, std::string_view key,
                                      std::string_view asked) const = 0;
};

}  // namespace florin::gateway
