// Holds every published event against the journal and against the model of the property tests, which knows
// every rule of the ledger and was written apart from it. What was published once may never be another.
#pragma once

#include <map>

#include "engine/envelope/envelope.hpp"
#include "engine/journal/events.hpp"
#include "engine/store/store.hpp"
#include "tests/property/oracle.hpp"
#include "tests/simulation/clients.hpp"
#include "tests/simulation/tap.hpp"

namespace florin::simulation {

class Auditor {
 public:
  Auditor(Chance& chance, const Truth& truth, const Envelope& envelope, property::Fault planted)
      : chance_(chance), truth_(truth), envelope_(envelope), oracle_(property::usual_start, planted) {}

  // Looks at all that the source has. Errors: those of the source.
  Result<void> look(const EventSource& source);
  // The rows of accounts that an engine has at the end of all events are the model's.
  void compare_accounts(const StoreReader& engine) const;
  void compare_told(const std::vector<Told>& told, const EventSource& source) const;
  Sequence next() const { return next_; }

 private:
  struct Use {
    Hash256 fingerprint{};
    Sequence first;
    std::uint32_t count = 0;
  };
  struct Chain {
    Ordinal epoch;
    std::uint64_t counter = 0;
    Hash256 hash{};
  };

  void take(const EventBatch& batch);
  void take_record(Ordinal ordinal, Timestamp stamp, const std::vector<Event>& events, Sequence first);
  std::size_t take_releases(const std::vector<Event>& events, const std::string& place);
  void take_times(std::span<const Event> events, const std::string& place);
  bool skips(const OpenedRecord& record, Ordinal ordinal);
  void take_command(const Command& command, std::span<const Event> events, Sequence first,
                    const std::string& place);
  std::optional<EventBody> as_whole(const Command& command) const;
  void take_items(const Command& command, std::span<const Event> events, const std::string& place);

  Chance& chance_;
  const Truth& truth_;
  const Envelope& envelope_;
  property::Oracle oracle_;
  Sequence next_{1};
  Timestamp now_{property::usual_start};  // the earliest engine time that an event may still have
  std::map<Sequence, Hash256> seen_;      // event records by their first sequence
  std::vector<Event> events_;             // of the record that is not over yet
  Sequence first_{1};                     // of those
  std::map<AppenderId, Chain> chains_;
  std::map<std::pair<BookId, CommandId>, Use> uses_;
};

}  // namespace florin::simulation
