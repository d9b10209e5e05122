// The one table of what Florin sets in librdkafka, and why. docs/guides/kafka.md has the same rows, which a
// test compares. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace florin::kafka {

enum class Role : std::uint8_t { producer, reader, admin };

enum class UsedBy : std::uint8_t { all, producer, reader };

struct ClientSetting {
  std::string_view name, value;
  UsedBy used_by;
  std::string_view reason;
};

std::span<const ClientSetting> client_settings();

// A batch, and what the broker's answer has around it. A group of the journal is one batch.
inline constexpr std::size_t batch_bytes_max = 17u << 20;

}  // namespace florin::kafka
