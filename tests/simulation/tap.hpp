// The journal as the engine and the appender have it, and what the world knows of it: every record that was
// ever acknowledged. Appends some records twice, as a broker's client may after a time-out.
#pragma once

#include "engine/clock/clock.hpp"
#include "engine/journal/journal.hpp"
#include "tests/simulation/faults.hpp"

namespace florin::simulation {

// The truth about the journal, which outlives every process.
struct Truth {
  std::vector<Bytes> acknowledged;  // sealed records by ordinal
  std::vector<Timestamp> stamps;    // of those
  std::vector<Bytes> in_doubt;      // a group whose append failed
  std::vector<Bytes> absent;        // records that were in doubt, and are not there
};

class Tap final : public Journal {
 public:
  struct Options {
    std::uint64_t doubles = 0;  // one in how many records is appended twice; 0: none
    bool late = false;          // planted: readers have records before they are written
  };
  Tap(Journal& inner, Truth& truth, Chance& chance, const Clock& clock, Options options)
      : inner_(inner), truth_(truth), chance_(chance), clock_(clock), options_(options) {}

  Result<Appended> append(std::span<const Bytes> records) override;
  Result<std::vector<JournalRecord>> read(Ordinal from, std::size_t bytes_max) const override;
  Ordinal head() const override { return {inner_.head().value + held_.size()}; }
  bool wait_beyond(Ordinal ordinal, Deadline) const override { return head() > ordinal; }
  void stop() override { inner_.stop(); }

 private:
  Result<Appended> append_truly(std::span<const Bytes> records);
  Result<Appended> append_late(std::span<const Bytes> records);

  Journal& inner_;
  Truth& truth_;
  Chance& chance_;
  const Clock& clock_;
  const Options options_;
  std::vector<Bytes> held_;  // planted
  Timestamp held_stamp_;
};

}  // namespace florin::simulation
