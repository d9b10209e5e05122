#include "gateway/admin/admin.hpp"

#include <algorithm>
#include <array>

#include "engine/base/hex.hpp"
#include "gateway/auth/credentials.hpp"
#include "gateway/json/fields.hpp"
#include "gateway/json/writer.hpp"

namespace florin::gateway {
namespace {

Problem invalid(FieldErrors errors) {
  return {ProblemCode::body_invalid, "Fields of the body are wrong; see errors.", errors.take(), 0, {}, {}};
}

// Parses the body as one object and reads it; answers the caller itself when it is wrong.
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

// The operator may know what a client may not: what is there already, and what is not.
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

// What a command did, as the caller is told it.
struct Effect {
  std::string body;                      // of the answer
  std::string sentence;                  // where it does not show in time; without a full stop
  std::string advice{};                  // what to do then
  std::function<Result<void>()> then{};  // called before the answer
};

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
  const auto wait = directory.when(event, [reply, body = effect.body] { reply.send(json_response(body)); });
  reply.on_cancel([&directory, wait] { directory.cancel(wait); });
}

// Submits the command, and answers with what it did or with the problem that it has.
void run(const AdminPorts& ports, Command command, const RequestPtr& request, const Reply& reply,
         Effect effect) {
  Done done = [&ports, request, reply, effect = std::move(effect)](const Result<Outcome>& outcome) {
    if (!outcome)
      return reply.send(to_response(to_problem(outcome.error(), CallKind::command), request->request_id));
    if (const auto* refused = std::get_if<CommandRefused>(&outcome->front().body))
      return reply.send(to_response(to_problem(refused->reason), request->request_id));
    if (effect.then) {
      if (const auto followed = effect.then(); !followed)
        return reply.send(to_response(for_operator(followed.error()), request->request_id));
    }
    answer_when_seen(ports.directory, outcome->last(), *request, reply, effect);
  };
  if (auto taken = ports.commands.submit(std::move(command), std::move(done)); !taken)
    reply.send(to_response(to_problem(taken.error(), CallKind::command), request->request_id));
}

// The first id from 1 on that no book has. Two calls at once may find the same; the engine then refuses the
// second.
Result<BookId> free_book(const projections::DirectoryQuery& directory) {
  for (std::uint32_t id = 1; id <= books_searched_max; ++id) {
    FLORIN_TRY_ASSIGN(const auto name, directory.book({id}));
    if (!name.value) return BookId{id};
  }
  return fail(Errc::invalid_argument, "more than " + std::to_string(books_searched_max) +
                                          " books are open; choose the id of the new one");
}

void create_book(const AdminPorts& ports, const RequestPtr& request, const Reply& reply) {
  OpenBook body;
  BookId book;
  const auto read = [&](json::Fields& fields, FieldErrors&) {
    body.name = fields.text("name", 1, name_bytes_max);
    book.value = fields.u32("id");
  };
  if (!read_body(*request, reply, read)) return;
  if (book.value == 0) {
    const auto free = free_book(ports.directory);
    if (!free)
      return reply.send(to_response(to_problem(free.error(), CallKind::command), request->request_id));
    book = *free;
  }
  json::Writer out;
  out.begin_object().number("book", book.value).end_object();
  run(ports, {by_operator(book), std::move(body)}, request, reply,
      {out.take(), "Book " + to_string(book) + " was opened"});
}

struct AskedClient {
  BookId book;
  Client client;
};

void read_ledgers(json::Fields& fields, FieldErrors& errors, Client& client) {
  const auto ids = fields.array("ledgers", 0, 1000);
  if (!ids) return;
  ids->each([&](json::Value id) {
    const auto value =
        id.kind() == json::Kind::number ? parse_decimal(id.text(), ~std::uint32_t{0}) : std::nullopt;
    if (!value || *value == 0)
      errors.add(
          {FieldError::Place::pointer, "/ledgers", "invalid", "Ledger ids are integers from 1 to 2^32-1."});
    else client.ledgers.push_back({static_cast<std::uint32_t>(*value)});
  });
  std::sort(client.ledgers.begin(), client.ledgers.end());
  client.ledgers.erase(std::unique(client.ledgers.begin(), client.ledgers.end()), client.ledgers.end());
}

// The secret itself never comes here: the command line makes it, shows it once, and sends its hash.
void read_client(json::Fields& fields, FieldErrors& errors, AskedClient& asked) {
  asked.book.value = fields.u32("book");
  asked.client.name = fields.text("name", 1, name_bytes_max);
  const auto hash = from_hex(fields.text("secret_hash", 64, 64));
  if (hash && hash->size() == asked.client.secret_hash.size())
    std::copy(hash->begin(), hash->end(), asked.client.secret_hash.begin());
  else
    errors.add({FieldError::Place::pointer, "/secret_hash", "invalid", "It must be 64 hexadecimal digits."});
  if (!parse_scopes(fields.text("scope", 1, 200), asked.client.scopes))
    errors.add({FieldError::Place::pointer, "/scope", "invalid",
                "Scopes are ledger:read, ledger:write, audit:read and book:admin, each once, with one space "
                "between."});
  asked.client.all_ledgers = fields.u32("all_ledgers", 1) == 1;
  read_ledgers(fields, errors, asked.client);
}

void create_client(const AdminPorts& ports, const RequestPtr& request, const Reply& reply) {
  AskedClient asked;
  if (!read_body(*request, reply,
                 [&](json::Fields& fields, FieldErrors& errors) { read_client(fields, errors, asked); }))
    return;
  asked.client.id = make_client_id();
  const std::string name = format_client_id(asked.book, asked.client.id);
  json::Writer out;
  out.begin_object().string("client_id", name).end_object();
  run(ports, {by_operator(asked.book), CreateClient{std::move(asked.client)}}, request, reply,
      {out.take(), "Client " + name + " was created",
       " Its secret is not shown any more: revoke it, and create another."});
}

void revoke_client(const AdminPorts& ports, const RequestPtr& request, const Reply& reply) {
  std::optional<ClientName> name;
  const auto read = [&](json::Fields& fields, FieldErrors& errors) {
    name = parse_client_id(fields.text("client_id", 1, 64));
    if (!name)
      errors.add({FieldError::Place::pointer, "/client_id", "invalid", "It is not the id of a client."});
  };
  if (!read_body(*request, reply, read)) return;
  const std::string text = format_client_id(name->book, name->client);
  json::Writer out;
  out.begin_object().string("revoked", text).end_object();
  run(ports, {by_operator(name->book), RevokeClient{name->client}}, request, reply,
      {out.take(), "Client " + text + " was revoked"});
}

void refuse_for_now(const RequestPtr& request, const Reply& reply) {
  reply.send(to_response(to_problem(Error{Errc::overloaded, "Too many calls wait."}, CallKind::query),
                         request->request_id));
}

// Asks another room on a worker thread.
void ask(WorkerPool& workers, const RequestPtr& request, const Reply& reply,
         std::function<Result<std::string>()> question) {
  const bool posted = workers.post([request, reply, question = std::move(question)] {
    auto answer = question();
    if (!answer) return reply.send(to_response(for_operator(answer.error()), request->request_id));
    reply.send(json_response(*std::move(answer)));
  });
  if (!posted) refuse_for_now(request, reply);
}

std::optional<KeyPurpose> read_purpose(const Request& request, const Reply& reply) {
  std::optional<KeyPurpose> purpose;
  const auto read = [&](json::Fields& fields, FieldErrors& errors) {
    purpose = parse_key_purpose(fields.text("purpose", 1, 32));
    if (!purpose)
      errors.add({FieldError::Place::pointer, "/purpose", "invalid",
                  "It must be data, storage, token_signing, fingerprint or operator_signing."});
  };
  if (!read_body(request, reply, read)) return std::nullopt;
  return purpose;
}

// A data key is activated by a record: events are sealed under it from there on, commands from the answer on.
// Nothing that was made under an older key is touched, whatever its purpose.
void make_key(const AdminPorts& ports, KeyPurpose purpose, const RequestPtr& request, const Reply& reply) {
  const auto key = ports.keys.create(purpose);
  if (!key) return reply.send(to_response(for_operator(key.error()), request->request_id));
  json::Writer out;
  out.begin_object().string("purpose", name(purpose)).number("id", key->value).end_object();
  const auto use = [&ports, purpose, key = *key] { return ports.keys.use(purpose, key); };
  if (purpose == KeyPurpose::data)
    return run(ports, {CommandHeader{}, ActivateKey{*key}}, request, reply,
               {out.take(), "Data key " + to_string(*key) + " was activated", {}, use});
  if (const auto used = use(); !used)
    return reply.send(to_response(for_operator(used.error()), request->request_id));
  reply.send(json_response(out.take()));
}

void rotate_keys(const AdminPorts& ports, const RequestPtr& request, const Reply& reply) {
  const auto purpose = read_purpose(*request, reply);
  if (!purpose) return;
  const bool posted = ports.workers.post(
      [&ports, purpose = *purpose, request, reply] { make_key(ports, purpose, request, reply); });
  if (!posted) refuse_for_now(request, reply);
}

constexpr std::size_t folder_bytes_max = 4096;  // PATH_MAX

void write_snapshot(const AdminPorts& ports, const RequestPtr& request, const Reply& reply) {
  std::string folder;
  const auto read = [&](json::Fields& fields, FieldErrors&) {
    folder = fields.text("folder", 1, folder_bytes_max);
  };
  if (!read_body(*request, reply, read)) return;
  ask(ports.workers, request, reply, [&ports, folder] { return ports.snapshot(folder); });
}

void start_check(const AdminPorts& ports, const RequestPtr& request, const Reply& reply) {
  bool with_replay = false;
  const auto read = [&](json::Fields& fields, FieldErrors&) { with_replay = fields.u32("replay", 1) == 1; };
  if (!read_body(*request, reply, read)) return;
  ask(ports.workers, request, reply, [&ports, with_replay] { return ports.check.start(with_replay); });
}

const std::array<Endpoint, 12> table{{
    {"POST", "/admin/books", "createBook", 0, BodyKind::json, CallKind::command, {}},
    {"POST", "/admin/clients", "createClient", 0, BodyKind::json, CallKind::command, {}},
    {"POST", "/admin/clients/revoke", "revokeClient", 0, BodyKind::json, CallKind::command, {}},
    {"POST", "/admin/keys/rotate", "rotateKeys", 0, BodyKind::json, CallKind::command, {}},
    {"POST", "/admin/keys/wrap", "wrapKeys", 0, BodyKind::none, CallKind::command, {}},
    {"GET", "/admin/digest", "getDigest", 0, BodyKind::none, CallKind::query, {}},
    {"POST", "/admin/engine/snapshot", "writeSnapshot", 0, BodyKind::json, CallKind::command, {}},
    {"GET", "/admin/status", "getStatus", 0, BodyKind::none, CallKind::query, {}},
    {"POST",
     "/admin/projections/{name}/rebuild",
     "rebuildProjection",
     0,
     BodyKind::none,
     CallKind::command,
     {}},
    {"POST", "/admin/check", "startCheck", 0, BodyKind::json, CallKind::command, {}},
    {"GET", "/admin/check", "getCheck", 0, BodyKind::none, CallKind::query, {}},
    {"POST", "/admin/check/cancel", "cancelCheck", 0, BodyKind::none, CallKind::command, {}},
}};

}  // namespace

std::span<const Endpoint> admin_endpoints() { return table; }

void bind_admin(Router& router, const AdminPorts& ports) {
  router.bind("createBook",
              [&ports](RequestPtr request, Reply reply) { create_book(ports, request, reply); });
  router.bind("createClient",
              [&ports](RequestPtr request, Reply reply) { create_client(ports, request, reply); });
  router.bind("revokeClient",
              [&ports](RequestPtr request, Reply reply) { revoke_client(ports, request, reply); });
  router.bind("rotateKeys",
              [&ports](RequestPtr request, Reply reply) { rotate_keys(ports, request, reply); });
  router.bind("wrapKeys", [&ports](RequestPtr request, Reply reply) {
    ask(ports.workers, request, reply, ports.keys.wrap);
  });
  router.bind("writeSnapshot",
              [&ports](RequestPtr request, Reply reply) { write_snapshot(ports, request, reply); });
  router.bind("getDigest", [&ports](RequestPtr request, Reply reply) {
    ask(ports.workers, request, reply, ports.digest);
  });
  router.bind("getStatus", [&ports](RequestPtr request, Reply reply) {
    ask(ports.workers, request, reply, ports.status);
  });
  router.bind("rebuildProjection", [&ports](RequestPtr request, Reply reply) {
    const std::string name(*request->path_value("name"));
    ask(ports.workers, request, reply, [&ports, name] { return ports.rebuild(name); });
  });
  router.bind("startCheck",
              [&ports](RequestPtr request, Reply reply) { start_check(ports, request, reply); });
  router.bind("getCheck", [&ports](RequestPtr request, Reply reply) {
    ask(ports.workers, request, reply, ports.check.status);
  });
  router.bind("cancelCheck", [&ports](RequestPtr request, Reply reply) {
    ask(ports.workers, request, reply, ports.check.cancel);
  });
}

}  // namespace florin::gateway
