// What a check found broken: sentences for the operator. The first few are kept and all are counted, so that
// a store with millions of damaged rows does not fill the memory.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace florin {

inline constexpr std::size_t findings_kept_max = 100;

class Findings {
 public:
  void add(std::string sentence) {
    if (count_++ < findings_kept_max) kept_.push_back(std::move(sentence));
  }
  void add_all(const Findings& other) {
    for (const std::string& sentence : other.kept_) add(sentence);
    count_ += other.count_ - other.kept_.size();
  }
  bool empty() const { return count_ == 0; }
  std::uint64_t count() const { return count_; }  // of all, also of those that were not kept
  const std::vector<std::string>& kept() const { return kept_; }

 private:
  std::uint64_t count_ = 0;
  std::vector<std::string> kept_;
};

}  // namespace florin
