#include "gateway/import/progress.hpp"

#include <algorithm>

namespace florin::importing {
namespace {

constexpr std::uint64_t bar_width = 40;
constexpr std::uint64_t percent_between_lines = 10;

}  // namespace

void Progress::start(const std::string& what, std::uint64_t total) {
  finish();
  what_ = what;
  total_ = total;
  done_ = 0;
  drawn_percent_ = 0;
  if (terminal_ && total > 0) draw();
}

void Progress::advance(std::uint64_t by) {
  done_ += by;
  if (total_ == 0) return;
  const std::uint64_t percent = 100 * done_ / total_;
  if (terminal_ ? percent == drawn_percent_ : percent < drawn_percent_ + percent_between_lines) return;
  drawn_percent_ = terminal_ ? percent : percent - percent % percent_between_lines;
  draw();
}

void Progress::complete() { advance(total_ - std::min(done_, total_)); }

void Progress::finish() {
  if (open_) std::fputc('\n', out_);
  open_ = false;
}

void Progress::draw() {
  const std::uint64_t percent = 100 * done_ / total_;
  const std::string counts = std::to_string(done_) + " of " + std::to_string(total_);
  if (terminal_) {
    const std::uint64_t full = bar_width * done_ / total_;
    const std::string bar = std::string(full, '#') + std::string(bar_width - full, '.');
    std::fprintf(out_, "\r%-12s [%s] %3d %%  %s", what_.c_str(), bar.c_str(), static_cast<int>(percent),
                 counts.c_str());
    open_ = true;
  } else {
    std::fprintf(out_, "%s: %s (%d %%)\n", what_.c_str(), counts.c_str(), static_cast<int>(percent));
  }
  std::fflush(out_);
}

}  // namespace florin::importing
