// What a start waits for before anyone is served, with a line of the log for every second of it.
#pragma once

#include "engine/journal/journal.hpp"
#include "engine/processor/processor.hpp"
#include "projections/read_models.hpp"

namespace florin {

// Brings the state to the head of the journal. Errors: those of Pipeline::step().
Result<void> recover(processor::Processor& engine, const Journal& journal);

// Until the directory holds every event up to there, or does not follow them any more: clients are known by
// it, and one that was acknowledged before a crash would be refused.
void wait_for_directory(projections::ReadModels& views, Sequence last);

}  // namespace florin
