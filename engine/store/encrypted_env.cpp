#include "engine/store/encrypted_env.hpp"

#include <rocksdb/env_encryption.h>

#include <algorithm>
#include <fstream>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/store/aes_ctr.hpp"

namespace florin {
namespace {

// A file is a prefix and the encrypted bytes, which start at offset 4096:
//   magic "FLORINST" | format u16 | key id u32 | key check 16 bytes | counter 16 bytes | zeros up to 4096
// A whole page, so that RocksDB's aligned reads stay aligned.
constexpr std::string_view magic = "FLORINST";
constexpr std::uint16_t file_format = 0;
constexpr std::size_t prefix_bytes = 4096;
constexpr std::size_t key_check_bytes = 16;

using KeyCheck = std::array<std::uint8_t, key_check_bytes>;

struct Prefix {
  KeyId key;
  KeyCheck check{};
  CounterBlock counter{};
};

SecretKey cipher_key(const SecretKey& storage_key) {
  return SecretKey(blake2b_keyed(storage_key.view(), as_bytes("florin storage cipher v0")));
}

KeyCheck key_check(const SecretKey& storage_key) {
  const Hash256 hash = blake2b_keyed(storage_key.view(), as_bytes("florin storage check v0"));
  KeyCheck check{};
  std::copy_n(hash.begin(), check.size(), check.begin());
  return check;
}

Bytes encode_prefix(const Prefix& prefix) {
  Bytes bytes;
  Writer writer(bytes);
  writer.raw(as_bytes(magic));
  writer.fixed(file_format);
  writer.fixed(prefix.key.value);
  writer.raw(prefix.check);
  writer.raw(prefix.counter);
  bytes.resize(prefix_bytes);
  return bytes;
}

Result<Prefix> decode_prefix(const std::string& file, ByteView bytes) {
  Reader reader(bytes);
  const bool known =
      as_text(reader.raw(magic.size())) == magic && reader.fixed<std::uint16_t>() == file_format;
  Prefix prefix;
  prefix.key = {reader.fixed<std::uint32_t>()};
  const ByteView check = reader.raw(prefix.check.size());
  const ByteView counter = reader.raw(prefix.counter.size());
  if (!known || reader.failed())
    return fail(Errc::format, file + " does not begin as an encrypted file of a store of format " +
                                  std::to_string(file_format) +
                                  "; remove the store's folder to rebuild it from the journal");
  std::copy(check.begin(), check.end(), prefix.check.begin());
  std::copy(counter.begin(), counter.end(), prefix.counter.begin());
  return prefix;
}

// What names a key in an error: its id, and the start of its check value, since two keyrings may use the same
// id.
std::string describe(KeyId id, const KeyCheck& check) {
  return "storage key " + to_string(id) + " (check " + to_hex(ByteView(check).first(4)) + ")";
}

Result<Prefix> open_prefix(const std::string& file, ByteView bytes, KeyId id, const KeyCheck& check) {
  FLORIN_TRY_ASSIGN(const Prefix prefix, decode_prefix(file, bytes));
  if (prefix.check != check)
    return fail(Errc::key_refused, file + " was written under " + describe(prefix.key, prefix.check) +
                                       ", not under " + describe(id, check) +
                                       "; give the keyring that it was written with");
  return prefix;
}

bool is_rocksdb_file(const std::string& name) {
  for (const std::string_view end : {".sst", ".log", ".dbtmp"})
    if (name.ends_with(end)) return true;
  return name.starts_with("MANIFEST-") || name.starts_with("OPTIONS-") || name == "IDENTITY";
}

class CtrStream final : public rocksdb::BlockAccessCipherStream {
 public:
  CtrStream(std::shared_ptr<AesCtr> cipher, const CounterBlock& counter)
      : cipher_(std::move(cipher)), counter_(counter) {}

  std::size_t BlockSize() override { return aes_block_bytes; }
  rocksdb::Status Encrypt(std::uint64_t offset, char* data, std::size_t size) override {
    std::span bytes(reinterpret_cast<std::uint8_t*>(data), size);
    if (cipher_->crypt(counter_, offset, bytes)) return rocksdb::Status::OK();
    return rocksdb::Status::Aborted("AES-256-CTR failed in OpenSSL");
  }
  rocksdb::Status Decrypt(std::uint64_t offset, char* data, std::size_t size) override {
    return Encrypt(offset, data, size);
  }

 protected:
  // The base class would call these block by block; encrypting in bulk never does.
  void AllocateScratch(std::string&) override {}
  rocksdb::Status EncryptBlock(std::uint64_t, char*, char*) override {
    return rocksdb::Status::NotSupported();
  }
  rocksdb::Status DecryptBlock(std::uint64_t, char*, char*) override {
    return rocksdb::Status::NotSupported();
  }

 private:
  std::shared_ptr<AesCtr> cipher_;
  const CounterBlock counter_;
};

class CtrProvider final : public rocksdb::EncryptionProvider {
 public:
  CtrProvider(const SecretKey& storage_key, KeyId id)
      : id_(id), check_(key_check(storage_key)), cipher_(std::make_shared<AesCtr>(cipher_key(storage_key))) {}

  const char* Name() const override { return "florin"; }
  std::size_t GetPrefixLength() const override { return prefix_bytes; }
  rocksdb::Status CreateNewPrefix(const std::string&, char* out, std::size_t size) const override {
    Prefix prefix{id_, check_, {}};
    randombytes_buf(prefix.counter.data(), prefix.counter.size());
    const Bytes bytes = encode_prefix(prefix);
    FLORIN_ASSERT(size == bytes.size());
    std::copy(bytes.begin(), bytes.end(), out);
    return rocksdb::Status::OK();
  }
  rocksdb::Status AddCipher(const std::string&, const char*, std::size_t, bool) override {
    return rocksdb::Status::NotSupported("the storage key is fixed when the store is opened");
  }
  rocksdb::Status CreateCipherStream(const std::string& file, const rocksdb::EnvOptions&,
                                     rocksdb::Slice& prefix,
                                     std::unique_ptr<rocksdb::BlockAccessCipherStream>* stream) override {
    auto opened = open_prefix(file, as_bytes({prefix.data(), prefix.size()}), id_, check_);
    if (!opened) return rocksdb::Status::Corruption(opened.error().message);
    *stream = std::make_unique<CtrStream>(cipher_, opened->counter);
    return rocksdb::Status::OK();
  }

 private:
  const KeyId id_;
  const KeyCheck check_;
  const std::shared_ptr<AesCtr> cipher_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> make_encrypted_env(const SecretKey& storage_key, KeyId id) {
  auto provider = std::make_shared<CtrProvider>(storage_key, id);
  return std::unique_ptr<rocksdb::Env>(rocksdb::NewEncryptedEnv(rocksdb::Env::Default(), provider));
}

Result<void> check_encrypted_file(const std::filesystem::path& file, const SecretKey& storage_key, KeyId id) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Errc::io, "cannot open " + file.string() + " to read");
  Bytes bytes(prefix_bytes);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  FLORIN_TRY(open_prefix(file.string(), bytes, id, key_check(storage_key)));
  return {};
}

Result<void> remove_unmade_files(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (!is_rocksdb_file(it->path().filename().string()) || it->file_size(error) >= prefix_bytes) continue;
    if (!error) std::filesystem::remove(it->path(), error);
    if (error) break;
  }
  if (error)
    return fail(Errc::io, "cannot tidy the store's folder " + folder.string() + ": " + error.message());
  return {};
}

}  // namespace florin
