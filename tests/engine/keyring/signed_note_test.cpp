#include "engine/keyring/signed_note.hpp"

#include <doctest/doctest.h>

#include "engine/base/hex.hpp"

namespace florin {
namespace {

constexpr std::string_view text = "florin.example/log\n5\nroot\n";

SecretKey seed(std::uint8_t byte) { return SecretKey(Bytes(32, byte)); }

std::vector<SecretKey> seeds(std::initializer_list<std::uint8_t> bytes) {
  std::vector<SecretKey> out;
  for (const std::uint8_t byte : bytes) out.push_back(seed(byte));
  return out;
}

}  // namespace

TEST_CASE("given a signed note, then its text is read with the seed that signed it, among others") {
  const auto note = sign_note(text, "florin.operator", seed(1)).value();
  CHECK(note.starts_with(std::string(text) + "\n\u2014 florin.operator "));
  CHECK(open_note(note, "florin.operator", seeds({1})).value() == text);
  CHECK(open_note(note, "florin.operator", seeds({7, 1})).value() == text);
}

TEST_CASE(
    "given the example of RFC 8032, then the note's signature and key hash are those of the standards") {
  // Test 2 of RFC 8032, section 7.1, signs the one byte 0x72; a note's text ends with a newline, so the seed
  // is taken from there and the signature is checked by libsodium's own opening.
  const SecretKey rfc_seed(
      from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").value());
  const auto note = sign_note("r\n", "n", rfc_seed).value();
  const std::string line = note.substr(note.rfind(' ') + 1);
  const Bytes bytes = from_base64(line.substr(0, line.size() - 1)).value();
  REQUIRE(bytes.size() == 68);
  const Bytes public_key =
      from_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").value();
  const std::uint8_t message[] = {'r', '\n'};
  CHECK(crypto_sign_verify_detached(bytes.data() + 4, message, sizeof message, public_key.data()) == 0);
}

TEST_CASE("given a note with anything changed, another name or another key, then it is refused") {
  const auto note = sign_note(text, "florin.operator", seed(1)).value();
  for (std::size_t at = 0; at < note.size(); ++at) {
    std::string changed = note;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_FALSE(open_note(changed, "florin.operator", seeds({1})).has_value());
  }
  CHECK_FALSE(open_note(note, "florin.other", seeds({1})).has_value());
  CHECK_FALSE(open_note(note, "florin.operator", seeds({2})).has_value());
  CHECK_FALSE(open_note(note, "florin.operator", {}).has_value());
  CHECK(open_note("", "florin.operator", seeds({1})).error().code == Errc::corrupt);
}

TEST_CASE("given a text with an empty line or without an end, then it is not signed") {
  for (const auto bad : {"", "a", "a\n\nb\n"})
    CHECK(sign_note(bad, "florin.operator", seed(1)).error().code == Errc::invalid_argument);
}

}  // namespace florin
