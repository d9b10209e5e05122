// Hashes by name. BLAKE2b-256 (RFC 7693) is the house hash; SHA-256 is for formats that others define.
#pragma once

#include <sodium.h>

#include "engine/base/bytes.hpp"

namespace florin {

Hash256 blake2b(ByteView data);
Hash256 blake2b_keyed(ByteView key, ByteView data);  // key: 16 to 64 bytes
Hash256 sha256(ByteView data);
bool equal_in_constant_time(ByteView a, ByteView b);  // false when the sizes differ

// BLAKE2b-256 over pieces, for what is too large to hold at once.
class Blake2b {
 public:
  Blake2b();
  explicit Blake2b(ByteView key);
  Blake2b& update(ByteView data);
  Hash256 finish();

 private:
  crypto_generichash_state state_;
};

// Must run once before any of the library's functions; later calls are free. Stops the process when it fails.
void initialize_crypto();

}  // namespace florin
