// The core run again over a journal, from record 0, compared event record by event record with what was
// published.
#pragma once

#include <functional>

#include "engine/envelope/envelope.hpp"
#include "engine/journal/events.hpp"
#include "engine/journal/quarantine.hpp"
#include "engine/processor/digest.hpp"

namespace florin::replay {

struct Report {
  std::uint64_t records = 0;   // of the journal
  std::uint64_t events = 0;    // computed
  std::uint64_t compared = 0;  // event records found equal in `published`
  processor::StateDigest digest;
};

// `published` may end before the journal does (the engine had not come so far), never after it. `progress`
// gets the next ordinal now and then. Errors: corrupt with the first ordinal whose events differ, and all
// errors of the processor.
Result<Report> run(const Journal& journal, const Envelope& envelope, const EventSource& published,
                   PartitionId partition, const std::function<void(Ordinal)>& progress,
                   const Quarantine& quarantine = {});

}  // namespace florin::replay
