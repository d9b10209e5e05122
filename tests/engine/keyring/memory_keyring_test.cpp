#include "engine/keyring/memory_keyring.hpp"

#include <doctest/doctest.h>

#include "engine/base/hash.hpp"

namespace florin {
namespace {

TEST_CASE("a key that the caller brings keeps its id") {
  MemoryKeyring keyring;
  const SecretKey key = SecretKey::random();
  REQUIRE(keyring.add(KeyPurpose::data, {5}, key.clone()));
  CHECK(equal_in_constant_time(keyring.key(KeyPurpose::data, {5}).value().view(), key.view()));
  CHECK(keyring.newest(KeyPurpose::data).value() == KeyId{5});
  CHECK(keyring.create(KeyPurpose::data).value() == KeyId{6});
}

TEST_CASE("an id that is taken, and id 0, are refused") {
  MemoryKeyring keyring;
  REQUIRE(keyring.add(KeyPurpose::data, {1}, SecretKey::random()));
  CHECK(keyring.add(KeyPurpose::data, {1}, SecretKey::random()).error().code == Errc::already_exists);
  CHECK(keyring.add(KeyPurpose::data, {0}, SecretKey::random()).error().code == Errc::invalid_argument);
  CHECK(keyring.list().size() == 1);
}

TEST_CASE("purposes have names, and names purposes") {
  for (const KeyPurpose purpose : key_purposes) CHECK(parse_key_purpose(name(purpose)) == purpose);
  CHECK(parse_key_purpose("Data") == std::nullopt);
  CHECK(parse_key_purpose("unknown") == std::nullopt);
}

}  // namespace
}  // namespace florin
