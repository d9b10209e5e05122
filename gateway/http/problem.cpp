#include "gateway/http/problem.hpp"

#include <array>

#include "gateway/json/writer.hpp"

namespace florin::gateway {
namespace {

#define FLORIN_PROBLEM_KIND(code, status, title) ProblemKind{ProblemCode::code, status, #code, title},
constexpr std::array catalogue{FLORIN_PROBLEMS(FLORIN_PROBLEM_KIND)};
#undef FLORIN_PROBLEM_KIND

Problem problem(ProblemCode code, std::string detail) { return {.code = code, .detail = std::move(detail)}; }

Problem later(ProblemCode code, std::string detail) {
  return {.code = code, .detail = std::move(detail), .retry_after_s = retry_after_default_s};
}

// RFC 6750 section 3. The description is one of our own sentences, so it needs no escaping.
Problem bad_token(ProblemCode code, std::string detail) {
  Problem out = problem(code, std::move(detail));
  out.challenge = "Bearer realm=\"florin\", error=\"invalid_token\", error_description=\"" + out.detail + '"';
  return out;
}

std::string_view place_name(FieldError::Place place) {
  switch (place) {
    case FieldError::Place::pointer: return "pointer";
    case FieldError::Place::parameter: return "parameter";
    case FieldError::Place::header: return "header";
  }
  return "pointer";
}

}  // namespace

std::span<const ProblemKind> problem_catalogue() { return catalogue; }

const ProblemKind& kind(ProblemCode code) { return catalogue[static_cast<std::size_t>(code)]; }

Problem to_problem(const Error& error, CallKind call) {
  switch (error.code) {
    case Errc::overloaded:
      return later(ProblemCode::overloaded, "The server has too much to do. Nothing was accepted.");
    case Errc::disk_full:
    case Errc::stopped:
      return later(ProblemCode::unavailable, "The server accepts nothing now. Nothing was accepted.");
    case Errc::deadline: return deadline_problem(call);
    case Errc::io:  // of an append in doubt, or of a read
      if (call == CallKind::command) return deadline_problem(call);
      break;
    case Errc::invalid_argument:
      return problem(ProblemCode::body_too_large,
                     "The batch does not fit into one record. Send it in smaller parts.");
    case Errc::too_broad: return problem(ProblemCode::query_too_broad, error.message);
    case Errc::corrupt:
    case Errc::format:
    case Errc::not_found:
    case Errc::already_exists:
    case Errc::key_missing:
    case Errc::key_refused:
    case Errc::permission:
    case Errc::ruleset_unknown: break;
  }
  // What exactly failed is for the operator's log; callers learn the code only.
  return problem(ProblemCode::internal_error, "The server failed. Its log names the request id.");
}

Problem deadline_problem(CallKind call) {
  if (call == CallKind::command)
    return later(ProblemCode::outcome_unknown,
                 "The outcome is not known yet. Send the same items, with the same ids, again to learn it.");
  return later(ProblemCode::position_not_reached, "The answer was not ready before the deadline. Ask again.");
}

Problem to_problem(Rejection rejection) {
  switch (rejection) {
    case Rejection::book_not_open:
      return problem(ProblemCode::book_not_open, "The book of this token does not exist.");
    case Rejection::client_unknown: return to_problem(AuthRefusal::client_unknown);
    case Rejection::client_revoked: return to_problem(AuthRefusal::client_revoked);
    case Rejection::credential_outdated: return to_problem(AuthRefusal::credential_outdated);
    case Rejection::scope_missing:
      return problem(ProblemCode::scope_missing,
                     "The client does not hold the scope that this command needs.");
    case Rejection::ledger_not_granted:
      return problem(ProblemCode::ledger_not_granted,
                     "A ledger of the command is not granted to the client.");
    case Rejection::idempotency_key_reused:
      return problem(ProblemCode::idempotency_key_reused, "Use a new Idempotency-Key for another body.");
    case Rejection::not_after_passed:
      return problem(ProblemCode::not_after_passed, "The command came after its time.");
    case Rejection::book_already_open:
      return problem(ProblemCode::already_exists, "A book with this id exists.");
    case Rejection::client_already_exists:
      return problem(ProblemCode::already_exists, "A client with this id exists.");
    case Rejection::client_not_found:
      return problem(ProblemCode::client_not_found, "There is no such client.");
    case Rejection::partition_wrong:
      return problem(ProblemCode::parameter_invalid,
                     "Books are placed by partition 0, on another partition.");
    case Rejection::fenced:
      return later(ProblemCode::unavailable,
                   "Another process took over. Nothing was accepted; send it again.");
  }
  return problem(ProblemCode::internal_error, "The server failed. Its log names the request id.");
}

Problem to_problem(AuthRefusal refusal) {
  switch (refusal) {
    case AuthRefusal::malformed:
      return bad_token(ProblemCode::token_malformed,
                       "Authorization must be Bearer and one well-formed access token.");
    case AuthRefusal::forged:
      return bad_token(ProblemCode::token_forged, "The token was not issued by this server.");
    case AuthRefusal::expired:
      return bad_token(ProblemCode::token_expired, "The token has expired. Ask for a new one.");
    case AuthRefusal::client_unknown:
      return bad_token(ProblemCode::client_unknown, "The token's client does not exist.");
    case AuthRefusal::client_revoked:
      return bad_token(ProblemCode::client_revoked, "The token's client was revoked.");
    case AuthRefusal::credential_outdated:
      return bad_token(ProblemCode::credential_outdated,
                       "The client's secret was changed. Ask for a new token.");
    case AuthRefusal::unavailable:
      return later(ProblemCode::unavailable, "The token cannot be checked now. Nothing was accepted.");
  }
  return problem(ProblemCode::internal_error, "The server failed. Its log names the request id.");
}

Problem scope_problem(std::uint16_t needed) {
  Problem out = problem(ProblemCode::scope_missing, "The call needs the scope " + scope_names(needed) + ".");
  out.challenge =
      "Bearer realm=\"florin\", error=\"insufficient_scope\", scope=\"" + scope_names(needed) + '"';
  return out;
}

Problem field_problem(ProblemCode code, FieldError error) {
  Problem out = problem(code, error.detail);
  out.errors.push_back(std::move(error));
  return out;
}

std::string to_json(const Problem& problem, std::string_view request_id) {
  const ProblemKind& what = kind(problem.code);
  json::Writer w;
  w.begin_object();
  w.string("type", "urn:florin:problem:" + std::string(what.name)).string("title", what.title);
  w.number("status", what.status).string("detail", problem.detail).string("code", what.name);
  w.string("request_id", request_id);
  if (!problem.oauth_error.empty()) w.string("error", problem.oauth_error);
  if (problem.code == ProblemCode::query_too_broad) {
    w.key("indexes").begin_array();
    for (const std::string_view name : problem.indexes) w.string(name);
    w.end_array();
  }
  if (!problem.errors.empty()) {
    w.key("errors").begin_array();
    for (const FieldError& error : problem.errors)
      w.begin_object()
          .string(place_name(error.place), error.at)
          .string("code", error.code)
          .string("detail", error.detail)
          .end_object();
    w.end_array();
  }
  return w.end_object().take();
}

}  // namespace florin::gateway
