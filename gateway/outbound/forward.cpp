#include "gateway/outbound/forward.hpp"

namespace florin::gateway {
namespace {

// The projector judges the caller, whose grants may have changed, by a directory no older than this one.
void pass_on(const ForwardingPorts& ports, PartitionId partition, const RequestPtr& request,
             const Reply& reply) {
  AuthContext caller = request->auth;
  caller.partition = partition;
  caller.known_at = ports.partitions[partition.value].directory.position();
  auto introduction = ports.introductions.introduce(caller);
  if (introduction) return ports.projectors.ask(request, partition, *std::move(introduction), reply);
  reply.send(to_response(to_problem(introduction.error(), CallKind::query), request->request_id));
}

void forward(const ForwardingPorts& ports, const RequestPtr& request, const Reply& reply) {
  const auto wanted = wanted_position(*request);
  if (!wanted) return reply.send(to_response(wanted.error(), request->request_id));
  const auto partition = place_of(ports.partitions, ports.places, request->auth.book);
  if (!partition)
    return reply.send(to_response(
        {.code = ProblemCode::unavailable, .detail = "The book is not served here."}, request->request_id));
  within_head(
      ports.heads[partition->value], ports.workers, *wanted, request, reply,
      [&ports, partition = *partition, request, reply] { pass_on(ports, partition, request, reply); });
}

}  // namespace

void bind_forwarding(Router& router, const ForwardingPorts& ports) {
  const auto shared = std::make_shared<const ForwardingPorts>(ports);
  for (const std::string_view operation : caller_queries())
    router.bind(operation, [shared](const RequestPtr& request, const Reply& reply) {
      forward(*shared, request, reply);
    });
}

}  // namespace florin::gateway
