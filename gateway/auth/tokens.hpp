// Hands out access tokens for client credentials (RFC 6749 section 4.4) and checks them on each call (RFC
// 6750).
#pragma once

#include <memory>
#include <mutex>

#include "engine/clock/clock.hpp"
#include "gateway/auth/failed_attempts.hpp"
#include "gateway/auth/jwt.hpp"
#include "gateway/auth/lru.hpp"
#include "gateway/http/auth_context.hpp"
#include "projections/query.hpp"

namespace florin::gateway {

inline constexpr std::uint32_t token_lifetime_s = 600;

// Answers for an unknown client, a wrong secret and a revoked client are the same, after the same work. Any
// thread.
class ClientTokenIssuer final : public TokenIssuer {
 public:
  // All of these must outlive it.
  ClientTokenIssuer(const TokenKeys& keys, const projections::DirectoryQuery& directory, const Clock& clock,
                    TokenNames names = {});

  Result<std::variant<Token, TokenRefusal>> issue(std::string_view client_id, std::string_view client_secret,
                                                  std::string_view scope) override;

 private:
  Result<std::variant<Token, TokenRefusal>> grant(const ClientName& name, const Client& client,
                                                  std::string_view scope) const;

  const TokenKeys& keys_;
  const projections::DirectoryQuery& directory_;
  const Clock& clock_;
  const TokenNames names_;
  const Hash256 nobody_;  // what secrets of unknown clients are compared with: a random hash
  FailedAttempts failed_attempts_;
};

// Remembers tokens that it has verified, so that a signature is checked once; their times, and the client in
// the directory, are looked at on every call. Any thread.
class BearerAuthenticator final : public Authenticator {
 public:
  static constexpr std::size_t remembered_max = 10'000;  // tokens

  // All of these must outlive it.
  BearerAuthenticator(const TokenKeys& keys, const projections::DirectoryQuery& directory, const Clock& clock,
                      TokenNames names = {}, std::size_t remembered = remembered_max);

  tl::expected<AuthContext, AuthRefusal> authenticate(std::string_view authorization) override;

  std::uint64_t signatures_checked() const;  // for metrics and tests

 private:
  tl::expected<Claims, AuthRefusal> verified(std::string_view token);

  const TokenKeys& keys_;
  const projections::DirectoryQuery& directory_;
  const Clock& clock_;
  const TokenNames names_;
  mutable std::mutex mutex_;  // guards what follows
  Lru<ReadToken> remembered_;
  std::uint64_t signatures_checked_ = 0;
};

}  // namespace florin::gateway
