// Hexadecimal and base64url text for hashes, ids and tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.hpp"

namespace florin {

std::string to_hex(ByteView bytes);                          // lower case
std::optional<Bytes> from_hex(std::string_view text);        // none when not an even number of hex digits
std::string to_base64url(ByteView bytes);                    // RFC 4648 section 5, without padding
std::optional<Bytes> from_base64url(std::string_view text);  // strict: no padding, no white space, canonical
std::string to_base64(ByteView bytes);                       // RFC 4648 section 4, with padding
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace florin
