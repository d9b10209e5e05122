// The guard before the HTTP parser: judges a raw header block and takes it apart, or refuses it. Stricter
// than the parser behind it (docs of Boost.Beast 1.81 and its later release notes): whatever two readers of
// HTTP could read differently is refused, the connection is closed, and nothing behind it is answered. Pure;
// source: RFC 9110, RFC 9112.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace florin::gateway {

inline constexpr std::size_t header_bytes_max = 16 * 1024;  // request line and fields; over it: 431
inline constexpr std::size_t target_bytes_max = 8 * 1024;   // over it: 414
inline constexpr std::size_t fields_max = 64;               // over it: 431
inline constexpr std::size_t method_bytes_max = 16;

enum class GuardRefusal : std::uint8_t {
  bare_line_feed,        // LF without CR before it
  bare_carriage_return,  // CR without LF behind it
  nul_byte,
  control_byte,  // any other control character but a tab in a value
  request_line,  // not METHOD SP TARGET SP VERSION
  version,       // neither HTTP/1.0 nor HTTP/1.1
  target_form,   // not a path, not http(s)://HOST/ with the Host field's host, not "*" of OPTIONS
  target_too_long,
  field_name,    // empty, or not a token; a space before the colon is this
  folded_field,  // a field continued on the next line (obs-fold)
  too_many_fields,
  header_too_large,
  host,                 // none, several, empty, or not a host and port
  repeated_field,       // a field that may come only once came again, also when the values are equal
  content_length,       // not a plain number
  transfer_encoding,    // anything but exactly "chunked" on HTTP/1.1
  length_and_encoding,  // both Content-Length and Transfer-Encoding
};
std::string_view describe(GuardRefusal refusal);  // a sentence for the client; repeats nothing of the request

// Views into the header block that was judged.
struct Head {
  std::string_view method;
  std::string_view target;  // origin-form, or "*"
  bool http_1_1 = true;
  std::vector<std::pair<std::string_view, std::string_view>>
      fields;  // values without white space around them
  std::optional<std::uint64_t> content_length;
  bool chunked = false;

  // The value of the first field with this name (any case); none when there is none.
  std::optional<std::string_view> field(std::string_view name) const;
  bool keep_alive() const;  // RFC 9112 section 9.3
  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

// How far the header block reaches in what has been read so far.
struct HeaderScan {
  enum class State : std::uint8_t { incomplete, complete, refused } state = State::incomplete;
  std::size_t size = 0;  // complete: of the block, its empty line included
  GuardRefusal refusal{};
};
// Looks at `bytes` from `from` on; what lies before was looked at in an earlier call. Refuses as soon as a
// byte shows it, so that nobody waits for the end of a block that can never be good.
HeaderScan scan_header(std::string_view bytes, std::size_t from);

// `block` is a complete block, as scan_header() found it.
tl::expected<Head, GuardRefusal> guard(std::string_view block);

bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII
bool is_token(std::string_view text);                              // RFC 9110 section 5.6.2

}  // namespace florin::gateway
