// Turns the events of one command record into sealed event records, split where the ruleset says, chained to
// the record before. The same events give the same bytes, whoever computes them.
#pragma once

#include <vector>

#include "engine/envelope/envelope.hpp"
#include "engine/journal/events.hpp"
#include "engine/processor/partition.hpp"

namespace florin::processor {

struct CommandRecordName {
  PartitionId partition;
  Ordinal ordinal;
  Hash256 hash{};
};

// `partition` says where sequence, chain and key stand. Errors: those of the envelope.
Result<std::vector<EventRecord>> make_event_records(const Envelope& envelope, const Partition& partition,
                                                    const CommandRecordName& record,
                                                    std::vector<Event> events, std::size_t payload_bytes_max);

}  // namespace florin::processor
