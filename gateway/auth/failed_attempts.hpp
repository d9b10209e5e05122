// Counts wrong secrets by client id, in windows of a minute and in bounded memory.
#pragma once

#include <mutex>
#include <string_view>

#include "gateway/auth/lru.hpp"
#include "schemas/ids.hpp"

namespace florin::gateway {

// Any thread.
class FailedAttempts {
 public:
  static constexpr std::uint32_t per_window_max = 10;
  static constexpr std::uint64_t window_ns = 60'000'000'000;
  static constexpr std::size_t clients_max = 10'000;  // over it the one that failed longest ago is forgotten

  explicit FailedAttempts(std::size_t clients = clients_max) : counts_(clients) {}

  // Notes a failure for whatever text came as client id, known or not. False when it is one too many.
  bool note(std::string_view client_id, Timestamp now);

 private:
  struct Count {
    Timestamp window_start;
    std::uint32_t failures = 0;
  };
  std::mutex mutex_;
  Lru<Count> counts_;
};

}  // namespace florin::gateway
