#include "gateway/http/admission.hpp"

#include <algorithm>

namespace florin::gateway {
namespace {

constexpr std::string_view json_media_type = "application/json";
constexpr std::string_view form_media_type = "application/x-www-form-urlencoded";

// The value of Content-Type without its parameters ("; charset=utf-8").
std::string_view media_type(const Head& head) {
  const std::string_view field = head.field("content-type").value_or("");
  std::string_view type = field.substr(0, field.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return type;
}

// Each check gives the problem that ends the call, or none.
using Check = std::optional<Problem>;

Check check_caller(const Head& head, const Site& site, Admission& admission) {
  if (site.authenticator == nullptr) {
    admission.request->auth.principal.kind = PrincipalKind::operator_;
    return std::nullopt;
  }
  if (!admission.endpoint->needs_caller()) return std::nullopt;
  const auto authorization = head.field("authorization");
  if (!authorization || authorization->empty())
    return Problem{
        .code = ProblemCode::authentication_required,
        .detail = "Send an access token: Authorization: Bearer TOKEN. POST /api/v1/oauth/token gives one.",
        .challenge = "Bearer realm=\"florin\""};
  auto context = site.authenticator->authenticate(*authorization);
  if (!context) return to_problem(context.error());
  admission.request->auth = *std::move(context);
  return std::nullopt;
}

Check check_rate(const Site& site, RateLimiter::Time now, Admission& admission) {
  if (site.limiter == nullptr || !admission.endpoint->needs_caller()) return std::nullopt;
  const AuthContext& auth = admission.request->auth;
  const RateLimiter::Verdict verdict = site.limiter->take(auth.book, auth.principal, now);
  admission.headers.emplace_back("RateLimit-Policy", site.limiter->policy_field());
  admission.headers.emplace_back("RateLimit", RateLimiter::state_field(verdict));
  if (verdict.allowed) return std::nullopt;
  return Problem{.code = ProblemCode::rate_limited,
                 .detail = "The client's rate is used up. Nothing was accepted.",
                 .retry_after_s = verdict.retry_after_s};
}

Check check_scope(const Site& site, const Admission& admission) {
  const std::uint16_t needed = admission.endpoint->scope;
  if (site.authenticator == nullptr || (admission.request->auth.scopes & needed) == needed)
    return std::nullopt;
  return scope_problem(needed);
}

Check check_media_type(const Head& head, Admission& admission) {
  const BodyKind kind = admission.endpoint->body;
  const std::string_view type = media_type(head);
  admission.request->records =
      kind == BodyKind::json_or_records && equal_ignoring_case(type, records_media_type);
  if (kind == BodyKind::none || admission.request->records) return std::nullopt;
  const std::string_view plain = kind == BodyKind::form ? form_media_type : json_media_type;
  if (equal_ignoring_case(type, plain)) return std::nullopt;
  std::string allowed(plain);
  if (kind == BodyKind::json_or_records) allowed.append(" or ").append(records_media_type);
  return Problem{.code = ProblemCode::media_type_unsupported,
                 .detail = "The Content-Type here must be " + allowed + "."};
}

Check check_body(const Head& head, const ServerLimits& limits) {
  if (head.content_length.value_or(0) > limits.body_bytes_max) return too_large_problem(limits);
  const auto expect = head.field("expect");
  if (expect && !equal_ignoring_case(*expect, "100-continue"))
    return Problem{.code = ProblemCode::expectation_failed,
                   .detail = "The only expectation known here is 100-continue."};
  return std::nullopt;
}

Check check_parameters(std::string_view query, Admission& admission) {
  auto values = read_parameters(*admission.endpoint, query);
  if (!values) return std::move(values).error();
  admission.request->query = *std::move(values);
  return std::nullopt;
}

// The answer of a request that found no row of the table: 404, 405, or what OPTIONS asks for.
Response without_endpoint(const Head& head, const Router::Match& match, std::string_view request_id) {
  const bool everything = head.target == "*";
  if (head.method == "OPTIONS" && (everything || !match.allow.empty()))
    return {.status = 204,
            .headers = {{"Allow", everything ? "GET, HEAD, PATCH, POST, PUT, OPTIONS" : match.allow}}};
  Problem problem{.code = ProblemCode::not_found, .detail = "There is nothing at this path."};
  if (!match.allow.empty())
    problem = {.code = ProblemCode::method_not_allowed, .detail = "Allowed here: " + match.allow + "."};
  Response response = to_response(problem, request_id);
  if (!match.allow.empty()) response.headers.emplace_back("Allow", match.allow);
  return response;
}

}  // namespace

Admission admit(const Head& head, const Site& site, const ServerLimits& limits, std::string request_id,
                RateLimiter::Time now) {
  Admission admission;
  Request& request = *admission.request;
  request.request_id = std::move(request_id);
  const std::size_t mark = std::min(head.target.find('?'), head.target.size());
  const std::string_view query = head.target.substr(std::min(mark + 1, head.target.size()));
  Router::Match match = site.router->match(head.method, head.target.substr(0, mark));
  if (match.endpoint == nullptr) {
    admission.answer = without_endpoint(head, match, request.request_id);
    return admission;
  }
  admission.endpoint = match.endpoint;
  admission.handler = match.handler;
  request.path = std::move(match.path);
  request.target = head.target;
  for (const std::string_view name : request_headers)
    if (const auto value = head.field(name)) request.headers.emplace_back(name, *value);

  Check problem = check_caller(head, site, admission);
  if (!problem) problem = check_rate(site, now, admission);
  if (!problem) problem = check_scope(site, admission);
  if (!problem) problem = check_parameters(query, admission);
  if (!problem) problem = check_media_type(head, admission);
  if (!problem) problem = check_body(head, limits);
  if (problem) admission.answer = to_response(*problem, request.request_id);
  return admission;
}

Problem guard_problem(GuardRefusal refusal) {
  ProblemCode code = ProblemCode::request_malformed;
  if (refusal == GuardRefusal::header_too_large || refusal == GuardRefusal::too_many_fields)
    code = ProblemCode::header_too_large;
  if (refusal == GuardRefusal::target_too_long) code = ProblemCode::target_too_long;
  return {.code = code, .detail = std::string(describe(refusal))};
}

Problem too_large_problem(const ServerLimits& limits) {
  return {.code = ProblemCode::body_too_large,
          .detail = "A body may have at most " + std::to_string(limits.body_bytes_max) + " bytes."};
}

}  // namespace florin::gateway
