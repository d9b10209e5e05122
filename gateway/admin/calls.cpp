#include "gateway/admin/calls.hpp"

namespace florin::gateway {
namespace {

Problem invalid(FieldErrors errors) {
  return {ProblemCode::body_invalid, "Fields of the body are wrong; see errors.", errors.take(), 0, {}, {}};
}

Problem not_seen_yet(const Effect& effect) {
  Problem problem;
  problem.code = ProblemCode::position_not_reached;
  problem.detail =
      effect.sentence +
      ", but the read model directory is behind and calls do not see it yet; `florin projections "
      "status` shows when they do." +
      effect.advice;
  return problem;
}

// Answers when the directory has the event. From then on every call is judged by it: tokens are given and
// checked by the directory. The deadline of the call bounds the wait.
void answer_when_seen(projections::DirectoryQuery& directory, Sequence event, const Request& request,
                      const Reply& reply, const Effect& effect) {
  reply.at_deadline(to_response(not_seen_yet(effect), request.request_id));
  const auto wait = directory.when(event, [reply, effect] {
    if (effect.next) return effect.next();
    reply.send(json_response(effect.body));
  });
  reply.on_cancel([&directory, wait] { directory.cancel(wait); });
}

}  // namespace

bool read_body(const Request& request, const Reply& reply,
               const std::function<void(json::Fields&, FieldErrors&)>& read) {
  auto document = json::Document::parse(request.body);
  if (!document) {
    reply.send(to_response({ProblemCode::json_malformed, document.error().detail, {}, 0, {}, {}},
                           request.request_id));
    return false;
  }
  FieldErrors errors;
  const json::Path root;
  json::Fields fields(document->root(), root, errors);
  read(fields, errors);
  fields.finish();
  if (errors.empty()) return true;
  reply.send(to_response(invalid(std::move(errors)), request.request_id));
  return false;
}

Problem for_operator(const Error& error) {
  if (error.code == Errc::already_exists) return {ProblemCode::already_exists, error.message, {}, 0, {}, {}};
  if (error.code == Errc::not_found) return {ProblemCode::not_found, error.message, {}, 0, {}, {}};
  Problem problem = to_problem(error, CallKind::query);
  problem.detail = error.message;
  return problem;
}

CommandHeader by_operator(BookId book) {
  CommandHeader header;
  header.book = book;
  header.principal = {PrincipalKind::operator_, 0};
  return header;
}

void run(const GatewayPartition& partition, Command command, const RequestPtr& request, const Reply& reply,
         Effect effect) {
  Done done = [&directory = partition.directory, request, reply,
               effect = std::move(effect)](const Result<Outcome>& outcome) {
    if (!outcome)
      return reply.send(to_response(to_problem(outcome.error(), CallKind::command), request->request_id));
    if (const auto* refused = std::get_if<CommandRefused>(&outcome->front().body))
      return reply.send(to_response(to_problem(refused->reason), request->request_id));
    if (effect.then) {
      if (const auto followed = effect.then(); !followed)
        return reply.send(to_response(for_operator(followed.error()), request->request_id));
    }
    answer_when_seen(directory, outcome->last(), *request, reply, effect);
  };
  if (auto taken = partition.commands.submit(std::move(command), std::move(done)); !taken)
    reply.send(to_response(to_problem(taken.error(), CallKind::command), request->request_id));
}

void run(const AccessPorts& ports, Command command, const RequestPtr& request, const Reply& reply,
         Effect effect) {
  const auto partition = partition_of(ports.partitions, ports.places, command.header.book);
  if (partition) return run(**partition, std::move(command), request, reply, std::move(effect));
  reply.send(to_response(to_problem(partition.error(), CallKind::command), request->request_id));
}

void run_on_all(const AccessPorts& ports, CommandBody body, const RequestPtr& request, const Reply& reply,
                Effect effect, std::size_t first) {
  Effect here = effect;
  if (first + 1 < ports.partitions.size()) {
    here.then = {};
    here.next = [&ports, body, request, reply, effect, first] {
      run_on_all(ports, body, request, reply, effect, first + 1);
    };
  }
  run(ports.partitions[first], {CommandHeader{}, std::move(body)}, request, reply, std::move(here));
}

void refuse_for_now(const RequestPtr& request, const Reply& reply) {
  reply.send(to_response(to_problem(Error{Errc::overloaded, "Too many calls wait."}, CallKind::query),
                         request->request_id));
}

void ask(WorkerPool& workers, const RequestPtr& request, const Reply& reply,
         std::function<Result<std::string>()> question) {
  const bool posted = workers.post([request, reply, question = std::move(question)] {
    auto answer = question();
    if (!answer) return reply.send(to_response(for_operator(answer.error()), request->request_id));
    reply.send(json_response(*std::move(answer)));
  });
  if (!posted) refuse_for_now(request, reply);
}

}  // namespace florin::gateway
