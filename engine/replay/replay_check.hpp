// Is the state of a snapshot, and are the events published up to it, what the journal gives? The core runs
// over the journal's records from the first to the snapshot's position, into a store of its own.
#pragma once

#include "engine/envelope/envelope.hpp"
#include "engine/journal/events.hpp"
#include "engine/journal/quarantine.hpp"
#include "engine/replay/state_check.hpp"

namespace florin::replay {

struct ReplaySources {
  const StoreReader& snapshot;  // of the engine's store: state, and events as the embedded mode keeps them
  const Journal& journal;
  const Envelope& envelope;
  PartitionId partition;
  Quarantine quarantine = {};
  const EventSource* published = nullptr;  // of a broker; null: the events are rows of the snapshot
};

struct ReplayReport {
  std::uint64_t records = 0;  // of the journal
  std::uint64_t events = 0;   // records of them, each compared byte by byte, and so by its hash
  processor::StateDigest digest;
  Findings broken_events, broken_state;
};

// `expected` is the digest of the snapshot. `scratch` is an empty store, which holds the state in the end.
// `go_on` gets the number of records replayed. A journal that cannot be replayed is a finding. Errors: those
// of the stores and of `go_on`.
Result<ReplayReport> check_replay(const ReplaySources& sources, const processor::StateDigest& expected,
                                  Store& scratch, const GoOn& go_on);

}  // namespace florin::replay
