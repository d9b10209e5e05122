// What the admin socket of a process reaches, by its roles and for each of its partitions.
#pragma once

#include <nlohmann/json.hpp>

#include "deploy/florin/unit.hpp"
#include "gateway/admin/admin.hpp"

namespace florin {

// Digest, status, snapshot, rebuild and check, where the process has what they need. The units and the
// workers outlive the ports.
gateway::AdminPorts admin_ports(const UnitPorts& ports, const Units& units, gateway::WorkerPool& workers);

// What a process says of itself: its role, number and address, and for each partition what `status` says.
nlohmann::ordered_json status_json(Roles roles, std::uint64_t node, const std::string& address,
                                   const Units& units);

}  // namespace florin
