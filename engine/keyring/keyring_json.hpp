// keyring.json, the file of wrapped keys, and the value of a record of the keyring's topic, which is one of
// them (docs/formats/keyring.md). Pure.
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

// `first` is the offset of the record that created the key, where that is another one.
struct KeyRecord {
  WrappedKey key;
  std::optional<std::uint64_t> first{};
};

std::string format_key_record(const KeyRecord& record);
Result<KeyRecord> parse_key_record(std::string_view text);  // Errc::format

}  // namespace florin
