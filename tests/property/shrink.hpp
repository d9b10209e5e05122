// Makes a failing story small: fewer commands, then fewer items, then plainer fields, as long as it still
// fails.
#pragma once

#include <functional>

#include "tests/property/story.hpp"

namespace florin::property {

inline constexpr std::size_t shrink_trials_max = 10'000;

// `fails` is asked of each smaller story, at most shrink_trials_max times.
Story shrink(Story story, const std::function<bool(const Story&)>& fails);

// The next plainer story in some respect, for each respect in turn: `accept` says whether it was taken.
// True when any was taken. Plainer is an order without circles, so that asking again and again ends.
bool make_plainer(Story& story, const std::function<bool(const Story&)>& accept);

}  // namespace florin::property
