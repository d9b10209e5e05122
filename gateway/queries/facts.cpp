// The public calls about the server itself: health, version, metrics, keys, and the API's description.
#include "gateway/json/writer.hpp"
#include "gateway/queries/queries.hpp"

namespace florin::gateway {
namespace {

std::string one_member(std::string_view key, std::string_view text) {
  json::Writer out;
  out.begin_object().string(key, text).end_object();
  return out.take();
}

Response readiness(const ServerFacts& facts, const Request& request) {
  const std::string reason = facts.not_ready();
  if (reason.empty()) return json_response(one_member("status", "ready"));
  Problem problem{ProblemCode::unavailable, "Not ready: " + reason + "."};
  problem.retry_after_s = retry_after_default_s;
  return to_response(problem, request.request_id);
}

}  // namespace

void bind_facts(Router& router, const ServerFacts& facts) {
  router.bind("getHealth", [](const RequestPtr&, const Reply& reply) {
    reply.send(json_response(one_member("status", "alive")));
  });
  router.bind("getReadiness", [&facts](const RequestPtr& request, const Reply& reply) {
    reply.send(readiness(facts, *request));
  });
  router.bind("getVersion", [&facts](const RequestPtr&, const Reply& reply) {
    reply.send(json_response(one_member("version", facts.version)));
  });
  router.bind("getMetrics", [&facts](const RequestPtr&, const Reply& reply) {
    Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = facts.metrics();
    reply.send(std::move(response));
  });
  router.bind("getKeys",
              [&facts](const RequestPtr&, const Reply& reply) { reply.send(json_response(facts.jwks())); });
  router.bind("getOpenApi",
              [&facts](const RequestPtr&, const Reply& reply) { reply.send(json_response(facts.openapi)); });
}

}  // namespace florin::gateway
