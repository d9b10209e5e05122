// Calls a running server through its admin socket, for the commands of the command line.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace florin {

inline constexpr int admin_call_seconds_max = 600;  // a digest of a large book reads every row

// The body of a 200 answer. Errors: not_found (no server listens there), deadline, io, and invalid_argument
// with the problem's text for any other answer.
Result<std::string> admin_call(const std::filesystem::path& socket, std::string_view method,
                               std::string_view target, std::string body = {});

}  // namespace florin
