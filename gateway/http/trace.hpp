// The names of one request: X-Request-Id, and the W3C trace context (https://www.w3.org/TR/trace-context/).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace florin::gateway {

inline constexpr std::size_t request_id_bytes_max = 64;

struct Trace {
  std::string
      request_id;  // the caller's, when it is 1 to 64 letters, digits, ".", "_" or "-"; else 128 random bits
  std::string trace_id;     // 32 hexadecimal digits: the caller's, or new
  std::string traceparent;  // of this server's part: the trace id, a new parent id, the caller's flags
};

Trace make_trace(std::optional<std::string_view> request_id, std::optional<std::string_view> traceparent);

}  // namespace florin::gateway
