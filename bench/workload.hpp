// What a benchmark asks of the ledger: calls of one shape, with ids that ascend with time (48 bits of
// milliseconds, then bits that grow within the caller), as TigerBeetle advises.
#pragma once

#include <atomic>
#include <random>
#include <string>

#include "engine/clock/clock.hpp"
#include "schemas/commands.hpp"

namespace florin::bench {

enum class Mix {
  plain,           // transfers between random pairs
  expiring,        // 30 % of them hold their amount for 1 to 5 s, and nobody settles them
  chains,          // linked chains of ten transfers
  transactions4,   // transactions of 4 postings
  transactions100  // transactions of 100 postings
};
inline constexpr const char* mix_names[] = {"plain", "expiring", "chains", "transactions4",
                                            "transactions100"};

struct Workload {
  Mix mix = Mix::plain;
  std::uint32_t accounts = 10'000;
  bool hot = false;  // one account pays every transfer

  // One call of so many transfers or transactions. Any thread, each with a generator and a number of its own.
  CommandBody call(std::mt19937_64& random, std::uint32_t caller, std::uint32_t items, const Clock& clock);

 private:
  u128 next_id(std::uint32_t caller, const Clock& clock);
  Transfer transfer(std::mt19937_64& random, u128 id) const;
  Transaction transaction(std::mt19937_64& random, u128 id, std::uint32_t postings) const;

  std::atomic<std::uint64_t> serial_{0};
};

}  // namespace florin::bench
