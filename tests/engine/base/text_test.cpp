// Hex and base64 text, and the hashes, against published vectors.
#include <doctest/doctest.h>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/base/secret.hpp"

namespace florin {

TEST_CASE("hex is read back, and anything that is not hex is refused") {
  CHECK(to_hex(Bytes{0x00, 0xff, 0x1a}) == "00ff1a");
  CHECK(from_hex("00ff1A") == Bytes{0x00, 0xff, 0x1a});
  for (const char* text : {"0", "0g", "00 ", "0x00"}) CHECK_FALSE(from_hex(text).has_value());
}

TEST_CASE("base64 follows RFC 4648 section 10, and base64url has no padding") {
  CHECK(to_base64(as_bytes("fooba")) == "Zm9vYmE=");
  CHECK(from_base64("Zm9vYmE=") == Bytes{'f', 'o', 'o', 'b', 'a'});
  CHECK(to_base64url(Bytes{0xfb, 0xff}) == "-_8");
  CHECK(from_base64url("-_8") == Bytes{0xfb, 0xff});
  for (const char* text : {"-_8=", "+/8", "-_9", " -_8", "-_8\n"})
    CHECK_FALSE(from_base64url(text).has_value());
}

TEST_CASE("the hashes are the published ones") {
  CHECK(to_hex(sha256(as_bytes("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // BLAKE2b with a digest of 32 bytes, as `b2sum -l 256` computes it.
  CHECK(to_hex(blake2b(as_bytes("abc"))) ==
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  CHECK(Blake2b().update(as_bytes("a")).update(as_bytes("bc")).finish() == blake2b(as_bytes("abc")));
  CHECK(blake2b_keyed(Bytes(32, 1), as_bytes("abc")) != blake2b_keyed(Bytes(32, 2), as_bytes("abc")));
}

TEST_CASE("a secret that was moved from is wiped") {
  SecretKey key(Bytes(32, 7));
  SecretKey taken = std::move(key);
  CHECK(taken.data()[31] == 7);
  CHECK(key.data()[0] == 0);  // NOLINT(bugprone-use-after-move): that is what is tested
}

}  // namespace florin
