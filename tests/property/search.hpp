// Looks for a story that the core and the model play differently, and makes it small.
#pragma once

#include "tests/property/trial.hpp"

namespace florin::property {

struct Found {
  std::uint64_t seed = 0;
  Story story;  // the small one
  Finding finding;
};

// What the story shows when it is played in a process of its own.
std::optional<Finding> judge(const Story& story, Fault fault);

struct Search {
  std::optional<Found> found;
  std::uint64_t commands = 0;
  std::uint64_t items = 0;
  Statuses met;
};

// Plays the stories of seed, seed + 1, ... until they held as many commands or one is found.
Search search(std::uint64_t seed, std::uint64_t commands, Fault fault = Fault::none);

std::string tell(const Found& found);

}  // namespace florin::property
