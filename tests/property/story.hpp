// What happens to a ledger in one life, said in full before anything is played: so it can be played again,
// made smaller and told.
#pragma once

#include <variant>
#include <vector>

#include "schemas/ledger.hpp"
#include "tests/engine/ledger/world.hpp"

namespace florin::property {

inline const std::set<std::uint32_t> open_ledgers{1, 2};
inline constexpr std::uint64_t usual_start = 1'000'000'000'001;  // the first that World gives
inline constexpr std::uint64_t late_start =
    ledger::timestamp_max - 90 * ledger::ns_per_s;  // timeouts overflow

using Items = std::variant<std::vector<Account>, std::vector<Transfer>, Bulk>;

// One record with one command.
struct Step {
  std::uint64_t stamp = 0;
  std::size_t releases_max = 0;  // of holds that are due, before the command is decided
  BookId book{1};
  bool dry_run = false;
  Items items;
  friend bool operator==(const Step&, const Step&) = default;
};

struct Story {
  std::uint64_t start = usual_start;
  ledger::test::Memory memory = ledger::test::Memory::warm;
  std::vector<Step> steps;
  friend bool operator==(const Story&, const Story&) = default;
};

// The items of a command.
template <class Command>
auto& list(Command& command) {
  if constexpr (requires { command.items; }) return command.items;
  else return command;
}

inline std::size_t size(const Items& items) {
  return std::visit([](const auto& command) { return list(command).size(); }, items);
}

}  // namespace florin::property
