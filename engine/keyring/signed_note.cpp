#include "engine/keyring/signed_note.hpp"

#include <sodium.h>

#include <array>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"

namespace florin {
namespace {

constexpr std::string_view dash = "\u2014 ";
constexpr std::size_t key_hash_bytes = 4;
constexpr std::uint8_t ed25519 = 1;  // the kind of key in its hash

struct Pair {
  std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> open{};
  Secret<crypto_sign_SECRETKEYBYTES> secret{};
};

Pair pair_of(const SecretKey& seed) {
  static_assert(SecretKey::size() == crypto_sign_SEEDBYTES);
  Pair pair;
  crypto_sign_seed_keypair(pair.open.data(), pair.secret.data(), seed.data());
  return pair;
}

Bytes key_hash(std::string_view name, ByteView public_key) {
  Bytes named(name.begin(), name.end());
  named.push_back('\n');
  named.push_back(ed25519);
  named.insert(named.end(), public_key.begin(), public_key.end());
  const Hash256 hash = sha256(named);
  return {hash.begin(), hash.begin() + key_hash_bytes};
}

// Splits behind the last empty line: the text with its newline, and the lines of signatures.
std::pair<std::string_view, std::string_view> split(std::string_view note) {
  const std::size_t gap = note.rfind("\n\n");
  if (gap == std::string_view::npos) return {};
  return {note.substr(0, gap + 1), note.substr(gap + 2)};
}

bool is_signed(std::string_view text, ByteView line, std::string_view name, const Pair& pair) {
  if (line.size() != key_hash_bytes + crypto_sign_BYTES) return false;
  const Bytes hash = key_hash(name, pair.open);
  if (!std::equal(hash.begin(), hash.end(), line.begin())) return false;
  const ByteView message = as_bytes(text);
  return crypto_sign_verify_detached(line.data() + key_hash_bytes, message.data(), message.size(),
                                     pair.open.data()) == 0;
}

}  // namespace

Result<std::string> sign_note(std::string_view text, std::string_view key_name, const SecretKey& seed) {
  if (text.empty() || text.back() != '\n' || text.find("\n\n") != std::string_view::npos)
    return fail(Errc::invalid_argument, "the text of a note is of whole lines, none of them empty");
  const Pair pair = pair_of(seed);
  Bytes signature = key_hash(key_name, pair.open);
  signature.resize(key_hash_bytes + crypto_sign_BYTES);
  const ByteView message = as_bytes(text);
  crypto_sign_detached(signature.data() + key_hash_bytes, nullptr, message.data(), message.size(),
                       pair.secret.data());
  return std::string(text) + "\n" + std::string(dash) + std::string(key_name) + " " + to_base64(signature) +
         "\n";
}

Result<std::string> open_note(std::string_view note, std::string_view key_name,
                              const std::vector<SecretKey>& seeds) {
  const auto [text, signatures] = split(note);
  const std::string start = std::string(dash) + std::string(key_name) + " ";
  for (std::string_view rest = signatures; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (!line.starts_with(start)) continue;
    const auto bytes = from_base64(line.substr(start.size()));
    for (const SecretKey& seed : seeds)
      if (bytes && is_signed(text, *bytes, key_name, pair_of(seed))) return std::string(text);
  }
  return fail(Errc::corrupt, "it is not signed by a key of this keyring");
}

}  // namespace florin
