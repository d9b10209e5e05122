// Errors as clients see them: RFC 9457 problem details. One list of codes, one map from every error to its
// code.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "gateway/http/auth_context.hpp"
#include "gateway/json/field_error.hpp"
#include "schemas/rejections.hpp"

namespace florin::gateway {

// X(code, status, title). The names are part of the API: clients switch on them.
#define FLORIN_PROBLEMS(X)                                                            \
  X(request_malformed, 400, "The request's framing is not well-formed HTTP")          \
  X(json_malformed, 400, "The body is not well-formed JSON")                          \
  X(records_malformed, 400, "The body is not 1 to 8189 whole records")                \
  X(parameter_invalid, 400, "A parameter of the URL is wrong")                        \
  X(position_invalid, 400, "The position is not one of this book")                    \
  X(idempotency_key_invalid, 400, "The Idempotency-Key is not well-formed")           \
  X(token_request_invalid, 400, "The token request is not well-formed")               \
  X(grant_type_unsupported, 400, "The grant type is not supported")                   \
  X(scope_invalid, 400, "The scope cannot be granted")                                \
  X(authentication_required, 401, "The call needs an access token")                   \
  X(token_malformed, 401, "The access token is not well-formed")                      \
  X(token_forged, 401, "The access token was not issued by this server")              \
  X(token_expired, 401, "The access token has expired")                               \
  X(client_unknown, 401, "The client does not exist")                                 \
  X(client_revoked, 401, "The client was revoked")                                    \
  X(credential_outdated, 401, "The client's credential was changed")                  \
  X(client_authentication_failed, 401, "The client's id or secret is wrong")          \
  X(scope_missing, 403, "The access token lacks a scope")                             \
  X(ledger_not_granted, 403, "The ledger is not granted to the client")               \
  X(not_found, 404, "There is nothing at this URL")                                   \
  X(account_not_found, 404, "The account does not exist")                             \
  X(account_not_yet_created, 404, "The account did not exist at that moment")         \
  X(transaction_not_found, 404, "The transaction does not exist")                     \
  X(transfer_not_found, 404, "The transfer does not exist")                           \
  X(book_not_open, 404, "The book does not exist")                                    \
  X(client_not_found, 404, "The client does not exist")                               \
  X(method_not_allowed, 405, "The method is not allowed here")                        \
  X(request_timeout, 408, "The request did not arrive in time")                       \
  X(already_exists, 409, "The thing exists already")                                  \
  X(not_after_passed, 409, "The command came too late")                               \
  X(body_too_large, 413, "The body is too large")                                     \
  X(target_too_long, 414, "The URL is too long")                                      \
  X(media_type_unsupported, 415, "The body's media type is not supported")            \
  X(expectation_failed, 417, "The expectation is not supported")                      \
  X(body_invalid, 422, "Fields of the body are wrong")                                \
  X(query_too_broad, 422, "The query would look at too many rows")                    \
  X(balance_too_large, 422, "A balance was over 2^128-1")                             \
  X(history_not_kept, 422, "The account keeps no history")                            \
  X(idempotency_key_reused, 422, "The Idempotency-Key came before with another body") \
  X(rate_limited, 429, "Too many requests")                                           \
  X(header_too_large, 431, "The header is too large")                                 \
  X(internal_error, 500, "The server failed")                                         \
  X(overloaded, 503, "The server has too much to do")                                 \
  X(unavailable, 503, "The server cannot do this now")                                \
  X(position_not_reached, 503, "The read model has not reached the position")         \
  X(outcome_unknown, 504, "The outcome is not known yet")

#define FLORIN_PROBLEM_ENUMERATOR(code, status, title) code,
enum class ProblemCode : std::uint8_t { FLORIN_PROBLEMS(FLORIN_PROBLEM_ENUMERATOR) };
#undef FLORIN_PROBLEM_ENUMERATOR

struct ProblemKind {
  ProblemCode code;
  unsigned status;
  std::string_view name;
  std::string_view title;
};
std::span<const ProblemKind> problem_catalogue();
const ProblemKind& kind(ProblemCode code);

// What it means to a caller when no answer came of its call.
enum class CallKind : std::uint8_t {
  query,    // nothing happened: 503, ask again
  command,  // it may have happened or may happen yet: 504 outcome_unknown
};

struct Problem {
  ProblemCode code{};
  std::string detail{};
  std::vector<FieldError> errors{};
  std::uint32_t retry_after_s = 0;          // 0: no Retry-After
  std::string oauth_error{};                // the `error` member of the token call (RFC 6749 section 5.2)
  std::string challenge{};                  // the value of WWW-Authenticate, where the status calls for one
  std::vector<std::string_view> indexes{};  // of query_too_broad: parameters that would narrow the query
};

inline constexpr std::uint32_t retry_after_default_s = 1;

// The map from error to problem, for every error there is. `item` says which item of a batch a rejection is
// about.
Problem to_problem(const Error& error, CallKind call);
Problem deadline_problem(CallKind call);  // no answer in time
Problem to_problem(Rejection rejection);
Problem to_problem(AuthRefusal refusal);
Problem scope_problem(std::uint16_t needed);
Problem field_problem(ProblemCode code, FieldError error);  // about one field; its detail is the problem's

// The body of application/problem+json.
std::string to_json(const Problem& problem, std::string_view request_id);

}  // namespace florin::gateway
