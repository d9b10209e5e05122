#include "engine/store/encrypted_env.hpp"

#include <rocksdb/env_encryption.h>

#include <algorithm>
#include <fstream>

namespace florin {
namespace {

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
  explicit CtrProvider(std::shared_ptr<const StorageKeys> keys) : keys_(std::move(keys)) {}

  const char* Name() const override { return "florin"; }
  std::size_t GetPrefixLength() const override { return file_prefix_bytes; }
  rocksdb::Status CreateNewPrefix(const std::string&, char* out, std::size_t size) const override {
    const Bytes bytes = keys_->make_prefix();
    FLORIN_ASSERT(size == bytes.size());
    std::copy(bytes.begin(), bytes.end(), out);
    return rocksdb::Status::OK();
  }
  rocksdb::Status AddCipher(const std::string&, const char*, std::size_t, bool) override {
    return rocksdb::Status::NotSupported("storage keys come from the keyring");
  }
  rocksdb::Status CreateCipherStream(const std::string& file, const rocksdb::EnvOptions&,
                                     rocksdb::Slice& prefix,
                                     std::unique_ptr<rocksdb::BlockAccessCipherStream>* stream) override {
    auto opened = keys_->open_prefix(file, as_bytes({prefix.data(), prefix.size()}));
    if (!opened) return rocksdb::Status::Corruption(opened.error().message);
    *stream = std::make_unique<CtrStream>(std::move(opened->cipher), opened->counter);
    return rocksdb::Status::OK();
  }

 private:
  const std::shared_ptr<const StorageKeys> keys_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> make_encrypted_env(std::shared_ptr<const StorageKeys> keys) {
  auto provider = std::make_shared<CtrProvider>(std::move(keys));
  return std::unique_ptr<rocksdb::Env>(rocksdb::NewEncryptedEnv(rocksdb::Env::Default(), provider));
}

Result<void> check_encrypted_file(const std::filesystem::path& file, const StorageKeys& keys) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Errc::io, "cannot open " + file.string() + " to read");
  Bytes bytes(file_prefix_bytes);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  FLORIN_TRY(keys.open_prefix(file.string(), bytes));
  return {};
}

Result<void> remove_old_identity(const std::filesystem::path& folder, KeyId newest) {
  const std::filesystem::path file = folder / "IDENTITY";
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return {};
  const Result<KeyId> key = storage_key_of(file);
  if (!key || !(*key < newest)) return {};
  std::filesystem::remove(file, error);
  if (error) return fail(Errc::io, "cannot remove " + file.string() + ": " + error.message());
  return {};
}

Result<void> remove_unmade_files(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (!is_rocksdb_file(it->path().filename().string()) || it->file_size(error) >= file_prefix_bytes)
      continue;
    if (!error) std::filesystem::remove(it->path(), error);
    if (error) break;
  }
  if (error)
    return fail(Errc::io, "cannot tidy the store's folder " + folder.string() + ": " + error.message());
  return {};
}

}  // namespace florin
