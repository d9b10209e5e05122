#include "engine/processor/sole_engine.hpp"

namespace florin::processor {

Result<std::size_t> SoleEngine::advance() {
  const auto now = std::chrono::steady_clock::now();
  if (journal_.wait_beyond(processor_->next_ordinal(), now)) return pipeline_.step();
  FLORIN_TRY(pipeline_.settle());
  if (journal_.wait_beyond(processor_->next_ordinal(), now + idle_wait)) return pipeline_.step();
  FLORIN_TRY(pipeline_.drain());
  return std::size_t{0};
}

Result<void> SoleEngine::finish() {
  FLORIN_TRY(pipeline_.settle());
  return pipeline_.drain();
}

}  // namespace florin::processor
