// keyring.json, the file of wrapped keys (docs/formats/keyring.md). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/keyring/keyring.hpp"

namespace florin {

struct WrappedKey {
  KeyInfo info;
  Bytes wrapped;
  std::uint32_t kek = 1;  // version of the key-encryption key that it is wrapped under
};

std::string format_keyring(const std::vector<WrappedKey>& keys);
Result<std::vector<WrappedKey>> parse_keyring(std::string_view text);  // Errc::format

}  // namespace florin
