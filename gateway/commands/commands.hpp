// The calls that change something: each becomes one command in the journal, and is answered with its outcome.
// And the token call, which changes nothing.
#pragma once

#include "gateway/appender/appender.hpp"
#include "gateway/http/router.hpp"
#include "gateway/http/worker_pool.hpp"

namespace florin::gateway {

struct CommandPorts {
  CommandPort& commands;
  const IdempotencyHasher& hasher;
  TokenIssuer& issuer;
  WorkerPool& workers;  // long bodies are parsed, and tokens issued, here and not on the I/O thread
};

// The ports outlive the router.
void bind_commands(Router& router, const CommandPorts& ports);

}  // namespace florin::gateway
