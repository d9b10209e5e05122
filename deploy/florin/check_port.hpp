// The check of every partition of a process, as one, for the admin socket.
#pragma once

#include "deploy/florin/unit.hpp"
#include "gateway/admin/admin.hpp"

namespace florin {

// The units, each with a check, outlive the port.
gateway::CheckPort check_port(const Units& units);

}  // namespace florin
