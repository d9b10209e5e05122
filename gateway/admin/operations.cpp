// What an operator asks of the live process: keys, rules, checks, snapshots, read models.
#include "gateway/admin/calls.hpp"
#include "gateway/json/writer.hpp"

namespace florin::gateway {
namespace {

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
  const auto key = ports.access->keys.create(purpose);
  if (!key) return reply.send(to_response(for_operator(key.error()), request->request_id));
  json::Writer out;
  out.begin_object().string("purpose", name(purpose)).number("id", key->value).end_object();
  const auto use = [&ports, purpose, key = *key] { return ports.access->keys.use(purpose, key); };
  if (purpose == KeyPurpose::data)
    return run_on_all(*ports.access, ActivateKey{*key}, request, reply,
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
  ask(ports.workers, request, reply, [&ports, with_replay] { return ports.check->start(with_replay); });
}

// Every engine must know the ruleset, or it stops there.
void activate_ruleset(const AdminPorts& ports, const RequestPtr& request, const Reply& reply) {
  ActivateRuleset body;
  const auto read = [&](json::Fields& fields, FieldErrors& errors) {
    body.ruleset = fields.u32("ruleset");
    if (body.ruleset == 0 || body.ruleset > ports.access->newest_ruleset)
      errors.add(
          {FieldError::Place::pointer, "/ruleset", "out_of_range",
           "This program knows the rulesets 1 to " + std::to_string(ports.access->newest_ruleset) + "."});
  };
  if (!read_body(*request, reply, read)) return;
  json::Writer out;
  out.begin_object().number("ruleset", body.ruleset).end_object();
  run_on_all(*ports.access, body, request, reply,
             {out.take(), "Ruleset " + std::to_string(body.ruleset) + " was activated"});
}

}  // namespace

void bind_keys_and_rules(Router& router, const AdminPorts& ports) {
  router.bind("rotateKeys",
              [&ports](RequestPtr request, Reply reply) { rotate_keys(ports, request, reply); });
  router.bind("wrapKeys", [&ports](RequestPtr request, Reply reply) {
    ask(ports.workers, request, reply, ports.access->keys.wrap);
  });
  router.bind("activateRuleset",
              [&ports](RequestPtr request, Reply reply) { activate_ruleset(ports, request, reply); });
}

void bind_operations(Router& router, const AdminPorts& ports) {
  const auto bind_question = [&](std::string_view operation, std::function<Result<std::string>()> question) {
    if (question)
      router.bind(operation, [&ports, question](RequestPtr request, Reply reply) {
        ask(ports.workers, request, reply, question);
      });
  };
  bind_question("getDigest", ports.digest);
  bind_question("getStatus", ports.status);
  if (ports.snapshot)
    router.bind("writeSnapshot",
                [&ports](RequestPtr request, Reply reply) { write_snapshot(ports, request, reply); });
  if (ports.rebuild)
    router.bind("rebuildProjection", [&ports](RequestPtr request, Reply reply) {
      const std::string name(*request->path_value("name"));
      ask(ports.workers, request, reply, [&ports, name] { return ports.rebuild(name); });
    });
  if (!ports.check) return;
  router.bind("startCheck",
              [&ports](RequestPtr request, Reply reply) { start_check(ports, request, reply); });
  bind_question("getCheck", ports.check->status);
  bind_question("cancelCheck", ports.check->cancel);
}

}  // namespace florin::gateway
