// Runs a piece of a test in a process of its own, so that a crash or an endless loop of the core is a finding
// like any other.
#pragma once

#include <functional>
#include <string>

namespace florin::property {

struct Ended {
  bool well = false;
  std::string text;  // what the piece returned, or how the process ended
};

enum class Output { shown, hidden };

// The piece must not start threads. After `seconds_max` it is ended.
Ended in_child(const std::function<std::string()>& piece, unsigned seconds_max, Output output);

}  // namespace florin::property
