// The commands of the ledger: parse, check, submit, answer.
#include "gateway/commands/bulk.hpp"
#include "gateway/commands/families.hpp"
#include "gateway/commands/idempotency_key.hpp"
#include "gateway/commands/items.hpp"
#include "gateway/commands/records.hpp"
#include "gateway/commands/results.hpp"

namespace florin::gateway {
namespace {

constexpr std::size_t inline_body_bytes_max = 64u << 10;  // a longer body is parsed on a worker thread

// One row of the table below.
struct Call {
  std::string_view operation;
  Parsed (*parse)(const Request& request);
  std::string_view list{};  // the member that lists its items
  bool kinds = false;       // each result tells the kind of its item
};

// What the client asks for, of which a repeated Idempotency-Key must be the same: the body, and where the
// path names something or the body does not say which call it is for, the call and that.
std::string asked(const Call& call, const Request& request) {
  std::string text;
  if (request.records) text.append(call.operation).append(" records\n");
  for (const auto& [name, value] : request.path)
    text.append(call.operation).append(" ").append(value).append("\n");
  return text + request.body;
}

tl::expected<CommandHeader, Problem> header_of(const CommandPorts& ports, const Call& call,
                                               const Request& request) {
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
  header.keyed = ports.hasher.hash(header.principal, header.book, *key, asked(call, request));
  return header;
}

// The kinds are the request's to tell: an event that refuses a transaction does not say whether it is a
// reversal.
std::shared_ptr<const Shape> shape_of(const Call& call, const Request& request, const CommandBody& body) {
  Shape shape{.list = call.list, .form = request.records ? Form::records : Form::json};
  if (call.kinds) shape.kinds = kinds_of(std::get<Bulk>(body));
  return std::make_shared<const Shape>(std::move(shape));
}

// Reads the body, then submits the command when all commands before it on the connection are submitted.
void submit(const CommandPorts& ports, const Call& call, const RequestPtr& request, const Reply& reply,
            Turns::Turn& turn) {
  auto parsed = call.parse(*request);
  if (!parsed) return reply.send(to_response(parsed.error(), request->request_id));
  auto header = header_of(ports, call, *request);
  if (!header) return reply.send(to_response(header.error(), request->request_id));
  header->dry_run = parsed->dry_run;
  Done done = [request, reply, shape = shape_of(call, *request, parsed->body)](Result<Outcome> outcome) {
    if (!outcome)
      return reply.send(to_response(to_problem(outcome.error(), CallKind::command), request->request_id));
    reply.send_built([request, shape, outcome = *std::move(outcome)] {
      return batch_response(outcome, request->auth.book, *shape, request->request_id);
    });
  };
  turn.use([&ports, request, reply, done = std::move(done),
            command = Command{*header, std::move(parsed->body)}]() mutable {
    const auto taken = ports.commands.submit(std::move(command), std::move(done));
    if (!taken) reply.send(to_response(to_problem(taken.error(), CallKind::command), request->request_id));
  });
}

Handler handler(const CommandPorts& ports, const Call& call) {
  return [&ports, call](const RequestPtr& request, const Reply& reply) {
    const std::shared_ptr<Turns::Turn> turn = request->turns->take();
    if (request->body.size() <= inline_body_bytes_max) return submit(ports, call, request, reply, *turn);
    const bool posted = ports.workers.post(
        [&ports, call, request, reply, turn] { submit(ports, call, request, reply, *turn); });
    if (!posted)
      reply.send(to_response(to_problem(Error{Errc::overloaded, "Too many calls wait; nothing was accepted."},
                                        CallKind::command),
                             request->request_id));
  };
}

template <Parsed (*parse)(std::string_view)>
Parsed of_body(const Request& request) {
  return parse(request.body);
}

template <Parsed (*parse)(std::string_view), Parsed (*parse_records)(std::string_view)>
Parsed of_either(const Request& request) {
  return request.records ? parse_records(request.body) : parse(request.body);
}

constexpr Call calls[] = {
    {"createLedgers", of_body<parse_ledgers>, "ledgers"},
    {"createAccounts", of_either<parse_accounts, parse_account_records>, "accounts"},
    {"createTransfers", of_either<parse_transfers, parse_transfer_records>, "transfers"},
    {"createTransactions", parse_transactions, "transactions"},
    {"createReversal", parse_reversal},
    {"setAccountLimits", parse_limits},
    {"setAccountMetadata", parse_account_metadata},
    {"setTransferMetadata", parse_transfer_metadata},
    {"setTransactionMetadata", parse_transaction_metadata},
    {"executeBulk", parse_bulk, "items", true},
};

}  // namespace

void bind_ledger_commands(Router& router, const CommandPorts& ports) {
  for (const Call& call : calls) router.bind(call.operation, handler(ports, call));
}

void bind_commands(Router& router, const CommandPorts& ports) {
  bind_ledger_commands(router, ports);
  bind_token_command(router, ports);
}

}  // namespace florin::gateway
