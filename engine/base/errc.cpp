#include "engine/base/errc.hpp"

namespace florin {

std::string_view name(Errc code) {
  switch (code) {
    case Errc::io: return "io";
    case Errc::disk_full: return "disk_full";
    case Errc::corrupt: return "corrupt";
    case Errc::format: return "format";
    case Errc::not_found: return "not_found";
    case Errc::already_exists: return "already_exists";
    case Errc::key_missing: return "key_missing";
    case Errc::key_refused: return "key_refused";
    case Errc::permission: return "permission";
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::overloaded: return "overloaded";
    case Errc::deadline: return "deadline";
    case Errc::stopped: return "stopped";
    case Errc::too_broad: return "too_broad";
    case Errc::ruleset_unknown: return "ruleset_unknown";
  }
  return "unknown";
}

}  // namespace florin
