#include "engine/processor/runner.hpp"

namespace florin::processor {

void Runner::start() {
  thread_ = std::thread([this] { run(); });
}

void Runner::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Runner::run() {
  while (!stopping_) {
    const auto records = engine_->advance();
    if (!records) {
      hooks_.failed(records.error());
      return;
    }
    if (*records > 0) hooks_.committed(*records);
    else tick_if_due();
  }
  if (auto finished = engine_->finish(); !finished) hooks_.failed(finished.error());
}

void Runner::tick_if_due() {
  if (stopping_ || !engine_->may_tick()) return;
  const auto due = engine_->status().next_due;
  if (due && *due <= hooks_.now()) hooks_.tick();
}

}  // namespace florin::processor
