#include "tests/property/search.hpp"

#include <sstream>

#include "tests/property/child.hpp"
#include "tests/property/commands.hpp"
#include "tests/property/shrink.hpp"
#include "tests/property/tell.hpp"

namespace florin::property {
namespace {

constexpr std::uint64_t stories_in_a_process = 200;  // a new process takes as long as a few commands
constexpr unsigned story_seconds_max = 20;           // under a sanitizer; it takes milliseconds without one
constexpr unsigned process_seconds_max = 300;

struct Lot {
  std::uint64_t seed = 0;          // of the first story
  std::uint64_t commands_max = 0;  // the story that reaches it is the last
};

// "STORIES COMMANDS ITEMS" and the statuses met, a line each; nothing when a story shows a difference.
std::string play_lot(const Lot& lot, Fault fault) {
  Statuses met;
  std::uint64_t stories = 0, commands = 0, items = 0;
  while (stories < stories_in_a_process && commands < lot.commands_max) {
    const Story story = random_story(lot.seed + stories++);
    if (play(story, fault, &met)) return {};
    commands += story.steps.size();
    for (const Step& step : story.steps) items += size(step.items);
  }
  std::ostringstream out;
  out << stories << " " << commands << " " << items << "\n";
  for (const std::string& status : met) out << status << "\n";
  return out.str();
}

Found shrunk(std::uint64_t seed, const Finding& finding, Fault fault) {
  Finding last = finding;
  const auto fails = [&](const Story& story) {
    const auto now = judge(story, fault);
    const bool same = now && now->kind == finding.kind;  // another fault is another story
    if (same) last = *now;
    return same;
  };
  Story story = shrink(random_story(seed), fails);
  return {seed, std::move(story), std::move(last)};
}

// A story of the lot fails: which one?
Found find_in(const Lot& lot, Fault fault, const Ended& ended) {
  for (std::uint64_t i = 0; i < stories_in_a_process; ++i)
    if (const auto finding = judge(random_story(lot.seed + i), fault))
      return shrunk(lot.seed + i, *finding, fault);
  return {lot.seed, {}, {"it fails only after the stories before it", ended.text}};
}

}  // namespace

std::optional<Finding> judge(const Story& story, Fault fault) {
  const auto piece = [&] {
    const auto finding = play(story, fault);
    return finding ? finding->kind + "\n" + finding->details : std::string();
  };
  const Ended ended = in_child(piece, story_seconds_max, Output::hidden);
  if (!ended.well) return Finding{ended.text, ""};
  if (ended.text.empty()) return std::nullopt;
  const std::size_t line = ended.text.find('\n');
  return Finding{ended.text.substr(0, line), ended.text.substr(line + 1)};
}

Search search(std::uint64_t seed, std::uint64_t commands, Fault fault) {
  Search out;
  while (out.commands < commands && !out.found) {
    const Lot lot{seed, commands - out.commands};
    const Ended ended = in_child([&] { return play_lot(lot, fault); }, process_seconds_max, Output::hidden);
    if (!ended.well || ended.text.empty()) {
      out.found = find_in(lot, fault, ended);
      break;
    }
    std::istringstream lines(ended.text);
    std::uint64_t stories = 0, played = 0, items = 0;
    lines >> stories >> played >> items >> std::ws;
    for (std::string line; std::getline(lines, line);) out.met.insert(line);
    seed += stories;
    out.commands += played;
    out.items += items;
  }
  return out;
}

std::string tell(const Found& found) {
  return "FLORIN_PROPERTY_SEED=" + std::to_string(found.seed) +
         " FLORIN_PROPERTY_COMMANDS=1: " + found.finding.kind +
         (found.finding.details.empty() ? "" : " (" + found.finding.details + ")") +
         "\n  case what is left of it, with what the model says\n" + tell(found.story);
}

}  // namespace florin::property
