// What a check of the whole book found, invariant by invariant, and how it is told.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/findings.hpp"
#include "engine/processor/digest.hpp"

namespace florin {

enum class Invariant : std::uint8_t { rows, sums, pending, limits, ids, read_models, events, digest };
inline constexpr std::size_t invariants = 8;

std::string_view name(Invariant invariant);
std::string_view sentence(Invariant invariant);  // what holds when nothing is found

struct BookReport {
  processor::StateDigest digest;        // with the position of the check
  std::uint64_t replayed = 0;           // records of the journal
  Sequence read_models_at;              // the position that the read models were compared at
  std::uint64_t accounts_compared = 0;  // with the read models
  std::array<std::optional<Findings>, invariants> found;  // none: that invariant was not checked

  std::optional<Findings>& of(Invariant invariant) { return found[static_cast<std::size_t>(invariant)]; }
  const std::optional<Findings>& of(Invariant invariant) const {
    return found[static_cast<std::size_t>(invariant)];
  }
  bool ok() const;  // nothing was found in what was checked
};

// Adds the report's fields to an answer.
void add_json(nlohmann::ordered_json& json, const BookReport& report);
// Those fields for people: a line for each invariant, and below it what is broken.
std::string report_text(const nlohmann::ordered_json& json);

}  // namespace florin
