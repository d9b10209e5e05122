// The calls of the admin socket: books, clients, and what an operator asks of a live process. Whoever can
// connect to the socket (mode 0600) is the operator. The public API is elsewhere
// (gateway/http/endpoints.cpp).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "engine/keyring/keyring.hpp"
#include "gateway/http/router.hpp"
#include "gateway/http/worker_pool.hpp"
#include "gateway/partitions/routed.hpp"
#include "projections/query.hpp"

namespace florin::gateway {

// A check of the whole book runs in the background: begun, asked after, ended early.
struct CheckPort {
  std::function<Result<std::string>(bool with_replay)> start;  // already_exists while one runs
  std::function<Result<std::string>()> status, cancel;
};

// A rotation of a key: the new one is made, for `data` the engine is told, and then it is used. The functions
// may take long and are called on a worker thread.
struct KeyPort {
  // Durable in the keyring when it returns. Errors: overloaded (too many keys of the purpose are in force).
  std::function<Result<KeyId>(KeyPurpose)> create;
  std::function<Result<void>(KeyPurpose, KeyId)> use;  // for what is made from now on
  std::function<Result<std::string>()> wrap;  // all keys under a new key-encryption key; a JSON object
};

// What the operator's commands need: books, clients, keys and rules are records of the journal.
struct AccessPorts {
  const GatewayPartitions& partitions;
  const BookPlaces& places;
  KeyPort keys;
  std::uint32_t newest_ruleset = 0;  // that this program knows
};

// What the admin socket reaches in the other rooms; a function that is not set belongs to a role that the
// process does not have. The functions answer with a JSON object; they may take long and are called on a
// worker thread.
struct AdminPorts {
  WorkerPool& workers;
  std::optional<AccessPorts> access{};
  std::function<Result<std::string>()> digest{};
  std::function<Result<std::string>()> status{};
  std::function<Result<std::string>(std::string_view view)> rebuild{};
  std::optional<CheckPort> check{};
  std::function<Result<std::string>(std::string_view folder)> snapshot{};
};

inline constexpr std::uint32_t books_searched_max = 10'000;  // for the first free id of a new book

std::span<const Endpoint> admin_endpoints();
// Binds what there are ports for. The ports outlive the router.
void bind_admin(Router& router, const AdminPorts& ports);

}  // namespace florin::gateway
