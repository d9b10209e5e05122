#include "gateway/http/trace.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "engine/base/hex.hpp"

namespace florin::gateway {
namespace {

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= request_id_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-';
         });
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}
bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

// version "-" trace-id "-" parent-id "-" flags; a later version may have more behind it.
bool is_traceparent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const std::string_view version = text.substr(0, 2), trace = text.substr(3, 32),
                         parent = text.substr(36, 16);
  if (!is_lower_hex(version) || version == "ff" || !is_lower_hex(trace) || !is_lower_hex(parent))
    return false;
  if (!is_lower_hex(text.substr(53, 2)) || is_zero(trace) || is_zero(parent)) return false;
  return text.size() == 55 || (version != "00" && text[55] == '-');
}

}  // namespace

Trace make_trace(std::optional<std::string_view> request_id, std::optional<std::string_view> traceparent) {
  std::array<std::uint8_t, 40> random;  // request id, trace id, parent id
  randombytes_buf(random.data(), random.size());
  const std::string hex = to_hex(random);
  const bool known = traceparent && is_traceparent(*traceparent);

  Trace trace;
  trace.request_id = request_id && is_request_id(*request_id) ? std::string(*request_id) : hex.substr(0, 32);
  trace.trace_id = known ? std::string(traceparent->substr(3, 32)) : hex.substr(32, 32);
  trace.traceparent = "00-" + trace.trace_id + "-" + hex.substr(64, 16) + "-" +
                      (known ? std::string(traceparent->substr(53, 2)) : "00");
  return trace;
}

}  // namespace florin::gateway
