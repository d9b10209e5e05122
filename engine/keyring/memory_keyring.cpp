#include "engine/keyring/memory_keyring.hpp"

namespace florin {

Result<void> MemoryKeyring::add(KeyPurpose purpose, KeyId id, SecretKey key, Timestamp created) {
  std::lock_guard lock(mutex_);
  if (id.value == 0) return fail(Errc::invalid_argument, "key ids begin at 1");
  if (!keys_.add({purpose, id, created}, std::move(key)))
    return fail(Errc::already_exists, "the keyring already has a " + describe(purpose, id));
  return {};
}

Result<SecretKey> MemoryKeyring::key(KeyPurpose purpose, KeyId id) const {
  std::lock_guard lock(mutex_);
  return keys_.key(purpose, id);
}

Result<KeyId> MemoryKeyring::newest(KeyPurpose purpose) const {
  std::lock_guard lock(mutex_);
  return keys_.newest(purpose);
}

Result<KeyId> MemoryKeyring::create(KeyPurpose purpose) {
  std::lock_guard lock(mutex_);
  const KeyId id = keys_.next(purpose);
  const bool added = keys_.add({purpose, id, {}}, SecretKey::random());
  FLORIN_ASSERT(added);
  return id;
}

Result<void> MemoryKeyring::destroy(KeyPurpose purpose, KeyId id) {
  std::lock_guard lock(mutex_);
  return keys_.remove(purpose, id);
}

std::vector<KeyInfo> MemoryKeyring::list() const {
  std::lock_guard lock(mutex_);
  return keys_.list();
}

}  // namespace florin
