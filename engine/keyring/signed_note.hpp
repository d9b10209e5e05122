// Short texts that carry their signature: C2SP signed-note (https://c2sp.org/signed-note) with Ed25519.
//
//   text, each line ended; an empty line; then for each signature
//   "— " key-name " " base64(key-hash:4 signature:64) "\n"
//
// The key's hash is the first 4 bytes of SHA-256(name, newline, 1, public key).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"
#include "engine/base/secret.hpp"

namespace florin {

// `text` ends with a newline and has no empty line; `seed` is an Ed25519 seed. Errors: invalid_argument.
Result<std::string> sign_note(std::string_view text, std::string_view key_name, const SecretKey& seed);

// The text of the note, when one of its signatures is of that name and of one of the seeds. Errors: corrupt.
Result<std::string> open_note(std::string_view note, std::string_view key_name,
                              const std::vector<SecretKey>& seeds);

}  // namespace florin
