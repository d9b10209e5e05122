#include "engine/keyring/key_wrap.hpp"

#include <doctest/doctest.h>

#include <string>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"

namespace florin {
namespace {

struct Wrapped {
  SecretKey kek = SecretKey::random();
  SecretKey key = SecretKey::random();
  Bytes bytes = wrap_key(kek, KeyPurpose::data, {3}, key);
};

TEST_CASE("a wrapped key is opened by the same key-encryption key, purpose and id") {
  const Wrapped wrapped;
  const auto opened = unwrap_key(wrapped.kek, KeyPurpose::data, {3}, wrapped.bytes);
  REQUIRE(opened);
  CHECK(equal_in_constant_time(opened->view(), wrapped.key.view()));
}

TEST_CASE("nothing else opens it") {
  const Wrapped wrapped;
  CHECK_FALSE(unwrap_key(SecretKey::random(), KeyPurpose::data, {3}, wrapped.bytes));
  CHECK_FALSE(unwrap_key(wrapped.kek, KeyPurpose::storage, {3}, wrapped.bytes));
  CHECK_FALSE(unwrap_key(wrapped.kek, KeyPurpose::data, {4}, wrapped.bytes));
  CHECK_FALSE(unwrap_key(wrapped.kek, KeyPurpose::data, {3}, ByteView(wrapped.bytes).first(71)));
  CHECK_FALSE(unwrap_key(wrapped.kek, KeyPurpose::data, {3}, {}));
  for (std::size_t i = 0; i < wrapped.bytes.size(); ++i) {
    Bytes changed = wrapped.bytes;
    changed[i] ^= 1;
    CHECK_FALSE(unwrap_key(wrapped.kek, KeyPurpose::data, {3}, changed));
  }
}

TEST_CASE("a key is never wrapped to the same bytes twice") {
  const Wrapped wrapped;
  CHECK(wrap_key(wrapped.kek, KeyPurpose::data, {3}, wrapped.key) != wrapped.bytes);
}

TEST_CASE("a key-encryption key is 32 bytes in base64") {
  const SecretKey kek = SecretKey::random();
  const std::string text = to_base64(kek.view());
  REQUIRE(parse_kek(text));
  CHECK(equal_in_constant_time(parse_kek(text)->view(), kek.view()));
  CHECK(parse_kek(text + "\n"));
  for (const std::string& wrong :
       {text + "\n\n", " " + text, text.substr(1), text.substr(0, 43), std::string(), text + text,
        std::string("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")}) {
    const auto refused = parse_kek(wrong);
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::invalid_argument);
    if (wrong.size() > 8) CHECK(refused.error().message.find(wrong.substr(0, 8)) == std::string::npos);
  }
}

}  // namespace
}  // namespace florin
