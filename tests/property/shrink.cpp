#include "tests/property/shrink.hpp"

#include <algorithm>

namespace florin::property {
namespace {

class Shrinker {
 public:
  Shrinker(Story story, const std::function<bool(const Story&)>& fails)
      : story_(std::move(story)), fails_(fails) {}

  Story run() {
    bool smaller = true;
    while (smaller && trials_ < shrink_trials_max) {
      smaller = drop_steps();
      smaller = drop_items() || smaller;
      smaller =
          make_plainer(story_, [this](const Story& plainer) { return still_fails(plainer); }) || smaller;
    }
    return story_;
  }

 private:
  bool still_fails(const Story& story) { return ++trials_ <= shrink_trials_max && fails_(story); }

  bool drop_steps() {
    return drop_runs([](Story& story) -> std::vector<Step>& { return story.steps; }, nullptr);
  }

  bool drop_items() {
    bool smaller = false;
    for (std::size_t i = 0; i < story_.steps.size(); ++i) {
      const auto drop = [&]<class Command>(const Command&) {
        const auto items = [i](Story& story) -> auto& {
          return list(std::get<Command>(story.steps[i].items));
        };
        // What came behind the dropped ones may need its old time, to the nanosecond.
        return drop_runs(items, [i](Story& story, std::size_t run) {
          story.steps[i].stamp += run;
          story.steps[i].releases_max = 0;
        });
      };
      smaller = std::visit(drop, story_.steps[i].items) || smaller;
    }
    return smaller;
  }

  using Repair = std::function<void(Story&, std::size_t run)>;

  // Leaves out runs of a list's elements: half of them, then a quarter, ... then one by one, from the end,
  // because behind a failure nothing matters. Where that alone does not do, `repair` is tried as well.
  template <class ListOf>
  bool drop_runs(ListOf list_of, const Repair& repair) {
    const std::size_t before = list_of(story_).size();
    for (std::size_t run = (before + 1) / 2; run > 0; run /= 2)
      for (std::size_t end = before; end >= run; end -= std::min(end, run)) {
        if (end > list_of(story_).size() || list_of(story_).size() <= run) continue;
        Story smaller = story_;
        auto& list = list_of(smaller);
        using Difference = typename std::remove_reference_t<decltype(list)>::difference_type;
        list.erase(list.begin() + static_cast<Difference>(end - run),
                   list.begin() + static_cast<Difference>(end));
        bool done = still_fails(smaller);
        if (!done && repair) {
          repair(smaller, run);
          done = still_fails(smaller);
        }
        if (done) story_ = std::move(smaller);
      }
    return list_of(story_).size() < before;
  }

  Story story_;
  const std::function<bool(const Story&)>& fails_;
  std::size_t trials_ = 0;
};

}  // namespace

Story shrink(Story story, const std::function<bool(const Story&)>& fails) {
  return Shrinker(std::move(story), fails).run();
}

}  // namespace florin::property
