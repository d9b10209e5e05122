// AES-256 in counter mode (NIST SP 800-38A) at any offset of a file, in bulk by OpenSSL.
//
// Owner: the encrypted Env; one object for one key. Any thread. Cipher contexts hold the expanded key and are
// kept for reuse, never more than threads that were inside crypt() at the same time; they are wiped with the
// object.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/secret.hpp"

typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;

namespace florin {

inline constexpr std::size_t aes_block_bytes = 16;
using CounterBlock = std::array<std::uint8_t, aes_block_bytes>;

class AesCtr {
 public:
  explicit AesCtr(SecretKey key);
  ~AesCtr();

  // Encrypts or decrypts in place (both are the same) the bytes that stand at `offset` of the stream whose
  // first block is made from `start`. False when OpenSSL fails; the bytes are then worth nothing.
  [[nodiscard]] bool crypt(const CounterBlock& start, std::uint64_t offset, std::span<std::uint8_t> bytes);

 private:
  struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const;
  };
  using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

  Context take();
  void give_back(Context context);

  const SecretKey key_;
  std::mutex mutex_;
  std::vector<Context> idle_;
};

}  // namespace florin
