// What can go wrong in a simulated world, by name, and how often it did. Every name must be met in a run of
// many seeds: a fault that never happens proves nothing.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace florin::simulation {

// clang-format off
#define FLORIN_FAULTS(X)                                                                                     \
  /* the machine */                                                                                          \
  X(power_lost) X(process_killed) X(died_while_starting) X(clock_jumped_ahead) X(clock_jumped_back)          \
  /* the disk, which says so */                                                                              \
  X(read_refused) X(write_refused) X(write_cut_short) X(sync_refused) X(space_refused) X(rename_refused)     \
  X(folder_sync_refused)                                                                                     \
  /* what a loss of power does */                                                                            \
  X(unsynced_sector_lost) X(unsynced_sector_kept) X(write_torn) X(name_lost) X(size_lost)                    \
  /* the disk, which says nothing */                                                                         \
  X(bit_flipped) X(write_lost) X(write_misdirected) X(journal_set_back)                                      \
  /* stores */                                                                                               \
  X(store_write_refused) X(store_flush_refused) X(store_writes_lost) X(store_flushed)                        \
  X(engine_store_lost_alone) X(state_behind_events) X(read_model_ahead) X(follower_restarted)                                       \
  X(replica_killed) X(took_over) X(yielded)                                                                  \
  /* records and commands */                                                                                 \
  X(record_doubled) X(record_late) X(append_in_doubt) X(append_found_again) X(outcome_unknown)               \
  X(command_refused_in_time) X(command_sent_again) X(first_answer_given_again) X(key_used_again)             \
  X(not_after_passed) X(hold_expired) X(tick)                                                                \
  /* how corruption ended */                                                                                 \
  X(corruption_found) X(corruption_harmless)
// clang-format on

enum class Fault : std::uint8_t {
#define FLORIN_TAKE(name) name,
  FLORIN_FAULTS(FLORIN_TAKE)
#undef FLORIN_TAKE
};

inline constexpr std::array fault_names = {
#define FLORIN_TAKE(name) std::string_view(#name),
    FLORIN_FAULTS(FLORIN_TAKE)
#undef FLORIN_TAKE
};

using Hits = std::array<std::uint64_t, fault_names.size()>;

// Something that must never happen did.
struct Wrong {
  std::string text;
};
[[noreturn]] inline void wrong(std::string text) { throw Wrong{std::move(text)}; }

// All that a world decides by chance, and what it met. The same seed gives the same world.
class Chance {
 public:
  explicit Chance(std::uint64_t seed, bool tells = false) : random_(seed), tells_(tells) {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }  // of equal chance, near enough
  bool one_in(std::uint64_t count) { return count != 0 && below(count) == 0; }  // 0: never

  void met(Fault fault, std::string_view about = {}) {
    ++hits_.at(static_cast<std::size_t>(fault));
    tell(fault_names.at(static_cast<std::size_t>(fault)), about);
  }
  void tell(std::string_view what, std::string_view about = {}) const;
  const Hits& hits() const { return hits_; }
  std::uint64_t hits(Fault fault) const { return hits_.at(static_cast<std::size_t>(fault)); }

 private:
  std::mt19937_64 random_;  // the standard fixes its numbers, unlike those of distributions
  Hits hits_{};
  bool tells_;
};

// Mistakes made on purpose, so that the simulation itself is tested.
enum class Planted : std::uint8_t {
  nothing,
  syncs_nothing,         // the disk says that a sync is done
  appends_late,          // a journal lets its readers have records that it has not written yet
  forgets_keys,          // a gateway drops the Idempotency-Key
  loses_a_middle_write,  // a store keeps what was written behind a lost write
  answers_another,       // a gateway gives the outcome of another command
  forgets_a_row,         // a read model's store drops a row
  broken_chains_stay,    // engine and model differ by a nanosecond
};

}  // namespace florin::simulation
