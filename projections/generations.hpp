// The folder of one read model. It holds the stores of its generations, each in a folder named by its number,
// and the file CURRENT, which names the generation that answers. CURRENT is replaced atomically and durably,
// so that a crash at any moment leaves one whole generation to go on with; everything else in the folder is
// removed when it is opened.
//
// One owner at a time; no thread safety of its own. Errors: io and disk_full; they name the path.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "engine/base/result.hpp"

namespace florin::projections {

class Generations {
 public:
  // Makes the folder when it is not there and removes what a crash has left in it.
  static Result<Generations> open(std::filesystem::path folder);

  // None for a folder that is new, or whose CURRENT cannot be understood.
  std::optional<std::uint64_t> current() const { return current_; }
  std::filesystem::path path(std::uint64_t generation) const { return folder_ / std::to_string(generation); }
  std::uint64_t next() { return ++last_; }  // a number that no folder has
  Result<void> make_current(std::uint64_t generation);
  Result<void> remove(std::uint64_t generation) const;

 private:
  explicit Generations(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<void> remove_leftovers() const;

  std::filesystem::path folder_;
  std::optional<std::uint64_t> current_;
  std::uint64_t last_ = 0;
};

}  // namespace florin::projections
