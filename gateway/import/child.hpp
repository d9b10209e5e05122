// Runs another program to its end: no shell, a clean environment, a deadline, and a bound on what it says.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace florin::importing {

inline constexpr int child_seconds_max = 600;                        // a big journal takes its time
inline constexpr std::size_t child_output_bytes_max = 4ull << 30;    // standard output
inline constexpr std::size_t child_complaint_bytes_max = 64u << 10;  // standard error; the rest is dropped

struct ChildEnd {
  int exit_code = 0;
  std::string complaint;  // what it wrote to standard error
};

// What is in the child's standard output goes to `on_output` piece by piece, on this thread. The first word
// of the command is searched for in PATH. Errors: not_found (no such program), deadline, overloaded (it says
// too much), io (also when a signal ended it).
Result<ChildEnd> run_child(const std::vector<std::string>& command,
                           const std::function<void(std::string_view)>& on_output);

}  // namespace florin::importing
