#include "engine/keyring/keyring.hpp"

#include <algorithm>

namespace florin {

std::string_view name(KeyPurpose purpose) {
  switch (purpose) {
    case KeyPurpose::data: return "data";
    case KeyPurpose::storage: return "storage";
    case KeyPurpose::token_signing: return "token_signing";
    case KeyPurpose::fingerprint: return "fingerprint";
    case KeyPurpose::operator_signing: return "operator_signing";
  }
  return "unknown";
}

std::optional<KeyPurpose> parse_key_purpose(std::string_view text) {
  for (const KeyPurpose purpose : key_purposes)
    if (name(purpose) == text) return purpose;
  return std::nullopt;
}

std::vector<KeyInForce> keys_in_force(const Keyring& keyring, KeyPurpose purpose, Timestamp now,
                                      std::uint64_t overlap_ns) {
  const std::vector<KeyInfo> keys = keyring.list();
  std::vector<KeyInForce> out;
  Timestamp until = for_ever;
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    if (key->purpose != purpose) continue;
    if (now >= until) break;
    out.push_back({key->id, until});
    until = {key->created.value + std::min(overlap_ns, for_ever.value - key->created.value)};
  }
  return out;
}

}  // namespace florin
