#include "gateway/admin/admin.hpp"

#include <array>

#include "gateway/admin/calls.hpp"

namespace florin::gateway {
namespace {

const std::array<Endpoint, 13> table{{
    {"POST", "/admin/books", "createBook", 0, BodyKind::json, CallKind::command, {}},
    {"POST", "/admin/clients", "createClient", 0, BodyKind::json, CallKind::command, {}},
    {"POST", "/admin/clients/revoke", "revokeClient", 0, BodyKind::json, CallKind::command, {}},
    {"POST", "/admin/keys/rotate", "rotateKeys", 0, BodyKind::json, CallKind::command, {}},
    {"POST", "/admin/keys/wrap", "wrapKeys", 0, BodyKind::none, CallKind::command, {}},
    {"POST", "/admin/engine/ruleset", "activateRuleset", 0, BodyKind::json, CallKind::command, {}},
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
  if (ports.access) {
    bind_access(router, ports);
    bind_keys_and_rules(router, ports);
  }
  bind_operations(router, ports);
}

}  // namespace florin::gateway
