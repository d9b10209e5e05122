#include "tests/property/oracle.hpp"

#include <algorithm>

namespace florin::property {

Oracle::Oracle(std::uint64_t start, Fault fault)
    : next_(start),
      models_{{BookId{1}, Model(open_ledgers, fault)}, {BookId{2}, Model(open_ledgers, fault)}} {}

Expected Oracle::next(const Step& step) {
  next_ = std::max(next_, step.stamp);
  Expected out;
  out.opened = next_;
  release(step.releases_max, out);
  out.start = next_;
  Model& model = models_.at(step.book);
  std::optional<Model> before;
  if (step.dry_run) before = model;
  out.answers = std::visit([&](const auto& command) { return model.create(command, next_); }, step.items);
  if (before) model.undo(std::move(*before), Fault::dry_runs_stay);
  return out;
}

void Oracle::release(std::size_t max, Expected& out) {
  for (const auto& [book, model] : models_)
    for (const Model::Due& due : model.due(next_)) out.released.push_back({due, book});
  std::sort(out.released.begin(), out.released.end());
  if (out.released.size() > max) {
    out.left_due = out.released.size() - max;
    out.released.resize(max);
  }
  for (const Release& release : out.released) models_.at(release.book).expire(release.due.id);
  next_ += out.released.size();
}

}  // namespace florin::property
