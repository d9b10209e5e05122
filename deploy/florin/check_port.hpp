// A check as the admin socket reaches it.
#pragma once

#include "deploy/florin/live_check.hpp"
#include "gateway/admin/admin.hpp"

namespace florin {

// The check outlives the port.
inline gateway::CheckPort check_port(LiveCheck& check) {
  return {[&check](bool with_replay) -> Result<std::string> {
            FLORIN_TRY_ASSIGN(const auto number, check.start(with_replay));
            return nlohmann::ordered_json{{"check", number}}.dump();
          },
          [&check]() -> Result<std::string> { return check.status().dump(); },
          [&check]() -> Result<std::string> {
            FLORIN_TRY(check.cancel());
            return check.status().dump();
          }};
}

}  // namespace florin
