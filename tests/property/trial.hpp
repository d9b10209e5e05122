// The core plays a story, and everything it says and keeps is held against the model.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "tests/property/model.hpp"
#include "tests/property/story.hpp"

namespace florin::property {

// `kind` says what differs in words that stay the same while a story is made smaller; `details` are of this
// one story.
struct Finding {
  std::string kind;
  std::string details;
};

using Statuses = std::set<std::string>;  // "account exists": what was answered at least once

// In this process: a crash of the core is one of the caller.
std::optional<Finding> play(const Story& story, Fault fault = Fault::none, Statuses* met = nullptr);

}  // namespace florin::property
