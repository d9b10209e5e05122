// Text of a journal as Florin takes it: well-formed UTF-8 without control characters, of a bounded length.
#pragma once

#include <string>
#include <string_view>

namespace florin::importing {

// Each byte that is not UTF-8 becomes a question mark, each control character a space, and what is over
// `bytes_max` is cut off between characters. `kept` is a control character that stays.
std::string clean_text(std::string_view text, std::size_t bytes_max, char kept = ' ');

}  // namespace florin::importing
