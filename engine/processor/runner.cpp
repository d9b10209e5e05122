#include "engine/processor/runner.hpp"

namespace florin::processor {

Runner::Runner(std::unique_ptr<Processor> processor, Journal& journal, Hooks hooks)
    : processor_(std::move(processor)), journal_(journal), hooks_(std::move(hooks)) {}

Runner::~Runner() { stop(); }

void Runner::start() {
  thread_ = std::thread([this] { run(); });
}

void Runner::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Runner::run() {
  Pipeline pipeline(*processor_);
  while (!stopping_) {
    const auto records = advance(pipeline);
    if (!records) {
      hooks_.failed(records.error());
      return;
    }
    if (*records > 0) hooks_.committed(*records);
  }
  Result<void> settled = pipeline.settle();
  if (settled) settled = pipeline.drain();
  if (!settled) hooks_.failed(settled.error());
}

Result<std::size_t> Runner::advance(Pipeline& pipeline) {
  const auto now = std::chrono::steady_clock::now();
  if (journal_.wait_beyond(processor_->next_ordinal(), now)) return pipeline.step();
  FLORIN_TRY(pipeline.settle());
  if (journal_.wait_beyond(processor_->next_ordinal(), now + idle_wait)) return pipeline.step();
  FLORIN_TRY(pipeline.drain());
  tick_if_due();
  return std::size_t{0};
}

void Runner::tick_if_due() {
  const auto due = processor_->status().next_due;
  if (due && !stopping_ && *due <= hooks_.now()) hooks_.tick();
}

}  // namespace florin::processor
