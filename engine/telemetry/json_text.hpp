// Writes text as a JSON string that is safe in a log: one line whatever comes in, always valid UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace florin::log {

// Appends `text` with its quotes. Control characters (C0, DEL, C1, line and paragraph separators) are
// escaped, so that no input can start a line of its own or drive a terminal; each byte that is not UTF-8 (RFC
// 3629) becomes U+FFFD; text that is longer than `bytes_max` is cut at a character and ends in an ellipsis.
void append_json_string(std::string& out, std::string_view text, std::size_t bytes_max);

}  // namespace florin::log
