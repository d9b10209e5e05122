// The only engine of a partition, on an embedded journal: what the journal holds it publishes.
#pragma once

#include <memory>

#include "engine/processor/engine.hpp"
#include "engine/processor/pipeline.hpp"

namespace florin::processor {

class SoleEngine final : public Engine {
 public:
  // The journal outlives it, and its waiters must be woken by Journal::stop().
  SoleEngine(std::unique_ptr<Processor> processor, const Journal& journal)
      : processor_(std::move(processor)), journal_(journal), pipeline_(*processor_) {}

  Result<std::size_t> advance() override;
  Result<void> finish() override;
  Status status() const override { return processor_->status(); }
  bool publishes() const override { return true; }
  std::uint64_t publisher_changes() const override { return 0; }
  bool may_tick() const override { return true; }

 private:
  const std::unique_ptr<Processor> processor_;
  const Journal& journal_;
  Pipeline pipeline_;
};

}  // namespace florin::processor
