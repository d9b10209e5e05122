// POST /oauth/token: client credentials (RFC 6749 section 4.4), by HTTP Basic or in the form body.
#include <algorithm>

#include "engine/base/hex.hpp"
#include "gateway/commands/families.hpp"
#include "gateway/json/writer.hpp"

namespace florin::gateway {
namespace {

struct TokenRequest {
  std::string client_id, client_secret, scope;
};

Problem wrong(ProblemCode code, std::string_view oauth_error, std::string detail) {
  Problem problem{code, std::move(detail)};
  problem.oauth_error = oauth_error;
  if (code == ProblemCode::client_authentication_failed)
    problem.challenge = R"(Basic realm="florin", charset="UTF-8")";
  if (code == ProblemCode::rate_limited) problem.retry_after_s = 60;
  return problem;
}

Problem malformed(std::string detail) {
  return wrong(ProblemCode::token_request_invalid, "invalid_request", std::move(detail));
}

// "Basic base64(id:secret)", both form-encoded first (RFC 6749 section 2.3.1).
bool read_basic(std::string_view field, TokenRequest& asked) {
  const std::size_t space = field.find(' ');
  if (space == std::string_view::npos) return false;
  std::string scheme(field.substr(0, space));
  for (char& c : scheme) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  const auto decoded = from_base64(field.substr(space + 1));
  if (scheme != "basic" || !decoded) return false;
  const std::string_view pair = as_text(*decoded);
  const std::size_t colon = pair.find(':');
  if (colon == std::string_view::npos) return false;
  const auto id = percent_decode(pair.substr(0, colon));
  const auto secret = percent_decode(pair.substr(colon + 1));
  if (!id || !secret) return false;
  asked.client_id = *id;
  asked.client_secret = *secret;
  return true;
}

tl::expected<TokenRequest, Problem> read_request(const Request& request) {
  const auto form = parse_form(request.body);
  if (!form) return tl::unexpected(malformed("The body is not application/x-www-form-urlencoded."));
  TokenRequest asked;
  std::string grant_type;
  const std::pair<std::string_view, std::string*> known[] = {{"grant_type", &grant_type},
                                                             {"scope", &asked.scope},
                                                             {"client_id", &asked.client_id},
                                                             {"client_secret", &asked.client_secret}};
  for (const auto& [name, value] : *form) {
    const auto* row = std::find_if(std::begin(known), std::end(known),
                                   [&](const auto& each) { return each.first == name; });
    if (row == std::end(known)) return tl::unexpected(malformed("The parameter is not known."));
    if (!row->second->empty())
      return tl::unexpected(malformed("The parameter " + std::string(row->first) + " is given twice."));
    *row->second = value;
  }
  const auto authorization = request.header("authorization");
  if (authorization && (!asked.client_id.empty() || !asked.client_secret.empty()))
    return tl::unexpected(
        malformed("The client's credentials are given twice; use HTTP Basic or the form, not both."));
  if (authorization && !read_basic(*authorization, asked))
    return tl::unexpected(
        wrong(ProblemCode::client_authentication_failed, "invalid_client",
              "The Authorization field is not HTTP Basic with the client's id and secret."));
  if (grant_type.empty()) return tl::unexpected(malformed("The parameter grant_type is missing."));
  if (grant_type != "client_credentials")
    return tl::unexpected(wrong(ProblemCode::grant_type_unsupported, "unsupported_grant_type",
                                "Only client_credentials is supported."));
  return asked;
}

Problem refusal_problem(TokenRefusal refusal) {
  switch (refusal) {
    case TokenRefusal::invalid_client:
      return wrong(ProblemCode::client_authentication_failed, "invalid_client",
                   "The client's id or secret is wrong.");
    case TokenRefusal::invalid_scope:
      return wrong(ProblemCode::scope_invalid, "invalid_scope",
                   "A scope is unknown, repeated, or more than the client holds.");
    case TokenRefusal::too_many_attempts: break;
  }
  return wrong(ProblemCode::rate_limited, "temporarily_unavailable",
               "Too many wrong secrets for this client; wait a minute.");
}

Response token_response(const Token& token) {
  json::Writer out;
  out.begin_object()
      .string("access_token", token.access_token)
      .string("token_type", "Bearer")
      .number("expires_in", token.expires_in_s)
      .string("scope", scope_names(token.scopes))
      .end_object();
  return json_response(out.take());
}

void issue(const CommandPorts& ports, const Request& request, const Reply& reply) {
  const auto asked = read_request(request);
  if (!asked) return reply.send(to_response(asked.error(), request.request_id));
  const auto issued = ports.issuer.issue(asked->client_id, asked->client_secret, asked->scope);
  if (!issued)
    return reply.send(to_response(to_problem(issued.error(), CallKind::query), request.request_id));
  if (const auto* refusal = std::get_if<TokenRefusal>(&*issued))
    return reply.send(to_response(refusal_problem(*refusal), request.request_id));
  reply.send(token_response(std::get<Token>(*issued)));
}

}  // namespace

void bind_token_command(Router& router, const CommandPorts& ports) {
  router.bind("createToken", [&ports](RequestPtr request, Reply reply) {
    const bool posted = ports.workers.post([&ports, request, reply] { issue(ports, *request, reply); });
    if (!posted)
      reply.send(
          to_response(to_problem(Error{Errc::overloaded, "Too many calls wait; try again."}, CallKind::query),
                      request->request_id));
  });
}

}  // namespace florin::gateway
