// Well-formed UTF-8, as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace florin::gateway::json {

// The offset of the first byte that is not part of well-formed UTF-8; text.size() when all of it is.
std::size_t utf8_prefix(std::string_view text);

}  // namespace florin::gateway::json
