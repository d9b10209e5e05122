#include "engine/keyring/keyring.hpp"

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

}  // namespace florin
