// The families of commands, put together by bind_commands().
#pragma once

#include "gateway/commands/commands.hpp"

namespace florin::gateway {

void bind_ledger_commands(Router& router, const CommandPorts& ports);
void bind_token_command(Router& router, const CommandPorts& ports);

}  // namespace florin::gateway
