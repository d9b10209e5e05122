#include "gateway/auth/tokens.hpp"

#include <sodium.h>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/base/secret.hpp"

namespace florin::gateway {
namespace {

using Refused = tl::unexpected<AuthRefusal>;
using Issued = std::variant<Token, TokenRefusal>;

static_assert(signing_overlap_s > token_lifetime_s + clock_leeway_s);

constexpr std::string_view scheme = "bearer ";

// RFC 9110 section 11.1: the scheme's name has no case. One space, as RFC 6750 shows it.
std::optional<std::string_view> bearer_token(std::string_view authorization) {
  if (authorization.size() <= scheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = authorization[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != scheme[i]) return std::nullopt;
  }
  return authorization.substr(scheme.size());
}

std::string random_token_id() {
  std::array<std::uint8_t, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return to_base64url(bytes);
}

}  // namespace

ClientTokenIssuer::ClientTokenIssuer(const TokenKeys& keys, const projections::DirectoryQuery& directory,
                                     const Clock& clock, TokenNames names)
    : keys_(keys),
      directory_(directory),
      clock_(clock),
      names_(std::move(names)),
      nobody_(blake2b(SecretKey::random().view())) {}

Result<Issued> ClientTokenIssuer::issue(std::string_view client_id, std::string_view client_secret,
                                        std::string_view scope) {
  // Each step is taken whatever came of the one before, so that the time tells nothing. Book 0 holds no
  // client.
  const ClientName name = parse_client_id(client_id).value_or(ClientName{});
  const auto presented = hash_client_secret(client_secret);
  FLORIN_TRY_ASSIGN(const auto answer, directory_.client(name.book, name.client));
  const Client* client = answer.value ? &*answer.value : nullptr;
  const bool same =
      equal_in_constant_time(presented.value_or(Hash256{}), client ? client->secret_hash : nobody_);
  if (presented && client != nullptr && same && !client->revoked) return grant(name, *client, scope);

  // Only failures are counted: a secret of 256 bits cannot be guessed, and if the right one were refused,
  // whoever knows a client's id could lock it out.
  const bool too_many = !failed_attempts_.note(client_id, clock_.now());
  return Issued{too_many ? TokenRefusal::too_many_attempts : TokenRefusal::invalid_client};
}

Result<Issued> ClientTokenIssuer::grant(const ClientName& name, const Client& client,
                                        std::string_view scope) const {
  std::uint16_t wanted = client.scopes;
  if (!scope.empty() && !parse_scopes(scope, wanted)) return Issued{TokenRefusal::invalid_scope};
  if (wanted == 0 || (wanted & ~client.scopes) != 0) return Issued{TokenRefusal::invalid_scope};

  Claims claims;
  claims.names = names_;
  claims.client = name;
  claims.scopes = wanted;
  claims.credential_version = client.version;
  claims.issued_at_s = clock_.now().value / 1'000'000'000;
  claims.expires_at_s = claims.issued_at_s + token_lifetime_s;
  claims.token_id = random_token_id();
  FLORIN_TRY_ASSIGN(std::string text, write_token(claims, *keys_.current()));
  return Issued{Token{std::move(text), token_lifetime_s, wanted}};
}

BearerAuthenticator::BearerAuthenticator(const TokenKeys& keys, const projections::DirectoryQuery& directory,
                                         const Clock& clock, TokenNames names, std::size_t remembered)
    : keys_(keys), directory_(directory), clock_(clock), names_(std::move(names)), remembered_(remembered) {}

tl::expected<AuthContext, AuthRefusal> BearerAuthenticator::authenticate(std::string_view authorization) {
  const auto token = bearer_token(authorization);
  if (!token || token->size() > token_bytes_max) return Refused(AuthRefusal::malformed);
  auto claims = verified(*token);
  if (!claims) return Refused(claims.error());
  if (!in_time(*claims, clock_.now())) return Refused(AuthRefusal::expired);

  const ClientName& name = claims->client;
  auto answer = directory_.client(name.book, name.client);
  if (!answer) return Refused(AuthRefusal::unavailable);
  const auto& client = answer->value;
  if (!client) return Refused(AuthRefusal::client_unknown);
  if (client->revoked) return Refused(AuthRefusal::client_revoked);
  if (client->version != claims->credential_version) return Refused(AuthRefusal::credential_outdated);
  // What was taken from the client since the token was issued is gone at once.
  const auto scopes = static_cast<std::uint16_t>(claims->scopes & client->scopes);
  return AuthContext{name.book, {PrincipalKind::client, name.client.value}, scopes, client->version};
}

tl::expected<Claims, AuthRefusal> BearerAuthenticator::verified(std::string_view token) {
  const Hash256 hash = blake2b(as_bytes(token));
  const auto keys = keys_.current();
  {
    const std::lock_guard lock(mutex_);
    // A key that was taken out of force takes its tokens with it.
    if (const ReadToken* known = remembered_.find(hash); known != nullptr && keys->knows(known->kid))
      return known->claims;
    ++signatures_checked_;
  }
  auto read = read_token(token, *keys, names_);
  if (!read) return Refused(read.error());
  const std::lock_guard lock(mutex_);
  return remembered_.put(hash, std::move(*read)).claims;
}

std::uint64_t BearerAuthenticator::signatures_checked() const {
  const std::lock_guard lock(mutex_);
  return signatures_checked_;
}

}  // namespace florin::gateway
