// Random commands: plausible ones, with something wrong in about half of them. The same seed gives the same
// story on every machine.
#pragma once

#include "tests/property/story.hpp"

namespace florin::property {

Story random_story(std::uint64_t seed);

}  // namespace florin::property
