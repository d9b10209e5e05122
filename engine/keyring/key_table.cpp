#include "engine/keyring/key_table.hpp"

#include <limits>

namespace florin {

std::string describe(KeyPurpose purpose, KeyId id) {
  return std::string(name(purpose)) + " key " + to_string(id);
}

Error newest_is_kept(KeyPurpose purpose, KeyId id) {
  return {Errc::invalid_argument,
          describe(purpose, id) + " is the newest of its purpose and in use; make another one first"};
}

bool KeyTable::add(const KeyInfo& info, SecretKey key) {
  if (info.id.value == 0) return false;
  return entries_.try_emplace({info.purpose, info.id}, Entry{info.created, std::move(key)}).second;
}

Result<void> KeyTable::remove(KeyPurpose purpose, KeyId id) {
  FLORIN_TRY(key(purpose, id));
  if (next(purpose).value == id.value + 1) return fail(newest_is_kept(purpose, id));
  entries_.erase({purpose, id});
  return {};
}

Result<SecretKey> KeyTable::key(KeyPurpose purpose, KeyId id) const {
  auto it = entries_.find({purpose, id});
  if (it == entries_.end())
    return fail(Errc::key_missing,
                "the keyring has no " + describe(purpose, id) + "; restore it from the keyring's backup");
  return it->second.key.clone();
}

Result<KeyId> KeyTable::newest(KeyPurpose purpose) const {
  const KeyId next_id = next(purpose);
  if (next_id.value == 1)
    return fail(Errc::key_missing, "the keyring has no " + std::string(name(purpose)) + " key at all");
  return KeyId{next_id.value - 1};
}

KeyId KeyTable::next(KeyPurpose purpose) const {
  constexpr KeyId last{std::numeric_limits<std::uint32_t>::max()};
  auto it = entries_.upper_bound({purpose, last});
  if (it == entries_.begin() || (--it)->first.first != purpose) return {1};
  FLORIN_ASSERT(it->first.second < last);
  return {it->first.second.value + 1};
}

std::vector<KeyInfo> KeyTable::list() const {
  std::vector<KeyInfo> out;
  out.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) out.push_back({name.first, name.second, entry.created});
  return out;
}

}  // namespace florin
