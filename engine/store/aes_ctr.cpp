#include "engine/store/aes_ctr.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace florin {
namespace {

constexpr std::size_t update_bytes_max = std::size_t{1} << 30;  // EVP counts in int

// start + blocks, as a big-endian integer modulo 2^128.
CounterBlock advance(CounterBlock counter, std::uint64_t blocks) {
  u128 carry = blocks;
  for (std::size_t i = counter.size(); i-- > 0 && carry != 0;) {
    carry += counter[i];
    counter[i] = static_cast<std::uint8_t>(carry & 0xff);
    carry >>= 8;
  }
  return counter;
}

bool update(EVP_CIPHER_CTX* context, std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), update_bytes_max);
    int done = 0;
    if (EVP_EncryptUpdate(context, bytes.data(), &done, bytes.data(), static_cast<int>(size)) != 1)
      return false;
    bytes = bytes.subspan(size);
  }
  return true;
}

}  // namespace

void AesCtr::FreeContext::operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }

AesCtr::AesCtr(SecretKey key) : key_(std::move(key)) {}
AesCtr::~AesCtr() = default;

bool AesCtr::crypt(const CounterBlock& start, std::uint64_t offset, std::span<std::uint8_t> bytes) {
  Context context = take();
  if (!context) return false;
  const CounterBlock counter = advance(start, offset / aes_block_bytes);
  if (EVP_EncryptInit_ex2(context.get(), nullptr, nullptr, counter.data(), nullptr) != 1) return false;
  // The part of the first block that lies before the offset is made and thrown away.
  CounterBlock before{};
  if (!update(context.get(), std::span(before).first(offset % aes_block_bytes))) return false;
  if (!update(context.get(), bytes)) return false;
  give_back(std::move(context));
  return true;
}

AesCtr::Context AesCtr::take() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Context context = std::move(idle_.back());
      idle_.pop_back();
      return context;
    }
  }
  // Fetched once: an implicit fetch for each context costs more than a short read.
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr);
  Context context(EVP_CIPHER_CTX_new());
  if (!context || cipher == nullptr) return nullptr;
  if (EVP_EncryptInit_ex2(context.get(), cipher, key_.data(), nullptr, nullptr) != 1) return nullptr;
  return context;
}

void AesCtr::give_back(Context context) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(context));
}

}  // namespace florin
