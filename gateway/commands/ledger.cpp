// POST /ledger/ledgers, /ledger/accounts, /ledger/transfers: parse, check, submit, answer.
#include "gateway/commands/families.hpp"
#include "gateway/commands/idempotency_key.hpp"
#include "gateway/commands/items.hpp"
#include "gateway/commands/results.hpp"

namespace florin::gateway {
namespace {

constexpr std::size_t inline_body_bytes_max = 64u << 10;  // a longer body is parsed on a worker thread

using Parse = tl::expected<CommandBody, Problem> (*)(std::string_view body);

tl::expected<CommandHeader, Problem> header_of(const CommandPorts& ports, const Request& request) {
  CommandHeader header;
  header.book = request.auth.book;
  header.principal = request.auth.principal;
  header.credential_version = request.auth.credential_version;
  const auto field = request.header("idempotency-key");
  if (!field) return header;
  const auto key = parse_idempotency_key(*field);
  if (!key)
    return tl::unexpected(
        field_problem(ProblemCode::idempotency_key_invalid,
                      {FieldError::Place::header, "Idempotency-Key", "invalid",
                       "It must be 1 to 255 printable ASCII characters, quoted or without spaces."}));
  header.id = ports.hasher.id(header.principal, header.book, *key);
  header.fingerprint = ports.hasher.fingerprint(request.body);
  return header;
}

void submit(const CommandPorts& ports, const RequestPtr& request, const Reply& reply, Parse parse,
            std::string_view list) {
  auto body = parse(request->body);
  if (!body) return reply.send(to_response(body.error(), request->request_id));
  const auto header = header_of(ports, *request);
  if (!header) return reply.send(to_response(header.error(), request->request_id));
  Done done = [request, reply, list](Result<Outcome> outcome) {
    if (!outcome)
      return reply.send(to_response(to_problem(outcome.error(), CallKind::command), request->request_id));
    reply.send_built([request, list, outcome = *std::move(outcome)] {
      return batch_response(outcome, request->auth.book, list, request->request_id);
    });
  };
  const auto taken = ports.commands.submit({*header, *std::move(body)}, std::move(done));
  if (!taken) reply.send(to_response(to_problem(taken.error(), CallKind::command), request->request_id));
}

Handler batch(const CommandPorts& ports, Parse parse, std::string_view list) {
  return [&ports, parse, list](RequestPtr request, Reply reply) {
    if (request->body.size() <= inline_body_bytes_max) return submit(ports, request, reply, parse, list);
    const bool posted = ports.workers.post(
        [&ports, request, reply, parse, list] { submit(ports, request, reply, parse, list); });
    if (!posted)
      reply.send(to_response(to_problem(Error{Errc::overloaded, "Too many calls wait; nothing was accepted."},
                                        CallKind::command),
                             request->request_id));
  };
}

}  // namespace

void bind_ledger_commands(Router& router, const CommandPorts& ports) {
  router.bind("createLedgers", batch(ports, parse_ledgers, "ledgers"));
  router.bind("createAccounts", batch(ports, parse_accounts, "accounts"));
  router.bind("createTransfers", batch(ports, parse_transfers, "transfers"));
}

void bind_commands(Router& router, const CommandPorts& ports) {
  bind_ledger_commands(router, ports);
  bind_token_command(router, ports);
}

}  // namespace florin::gateway
