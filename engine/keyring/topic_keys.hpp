// What the records of the keyring's topic say, taken in their order: which keys there are, and which records
// are of no more use. Of those that claim one id the one that was created first has it, for ever; an id that
// is marked as destroyed has no key any more, whatever else claims it.
//
//   record key := purpose "/" id "/" (token | "destroyed")   purpose by name, id in decimal; token: 16 hex
//                                                            digits, random, which tell claims apart
//   value      := one key in JSON (docs/formats/keyring.md), or nothing: the claim is withdrawn
//
// Not synchronized. Opened keys are wiped with the object. Pure but for random bytes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/keyring/key_wrap.hpp"
#include "engine/keyring/keyring_json.hpp"

namespace florin {

struct TopicRecord {
  std::string name, value;  // an empty value: a tombstone
};

struct ClaimName {
  KeyPurpose purpose;
  KeyId id;
  std::string token;  // empty: the mark of a destroyed key
};
std::string format_claim(const ClaimName& name);
std::optional<ClaimName> parse_claim(std::string_view text);

// Says that the id has no key, and keeps saying so: it is never withdrawn.
TopicRecord mark_destroyed(KeyPurpose purpose, KeyId id, Timestamp now);

class TopicKeys {
 public:
  // `where` names the topic in errors.
  TopicKeys(Keks keks, std::string where) : keks_(std::move(keks)), where_(std::move(where)) {}

  // Whether a key came or went. Errors: format (no record of a keyring), after which others may be taken.
  Result<bool> take(std::uint64_t offset, std::string_view name, std::string_view value);

  // Forgets keys that only a superseded record opens, since brokers remove it sooner or later. Called when
  // the topic was read for the first time; what was opened once while it is followed stays open.
  void settle();

  // Errors: key_missing, key_refused (no key-encryption key opens it).
  Result<SecretKey> key(KeyPurpose purpose, KeyId id) const;
  // Of those that are opened. Errors: key_missing.
  Result<KeyId> newest(KeyPurpose purpose) const;
  std::vector<KeyInfo> list() const;
  KeyId next(KeyPurpose purpose) const;  // behind every id that a record names
  bool empty() const { return slots_.empty(); }
  bool knows(KeyPurpose purpose, KeyId id) const { return slots_.contains({purpose, id}); }
  bool claims(std::string_view name) const;  // whether that record was taken and not withdrawn
  bool wins(std::string_view name) const;    // and has its id
  // Errors: invalid_argument (the newest of its purpose), key_missing. A destroyed one may be so again.
  Result<void> check_destroyable(KeyPurpose purpose, KeyId id) const;
  std::optional<Error> refused() const;  // a key that no key-encryption key opens, if there is one

  KekStatus kek_status() const;
  // A claim of that id. Wrapped under the key-encryption key in force: a new one is so as soon as one key is
  // wrapped under it, so that processes which do not have it yet open every key until then.
  TopicRecord claim(const KeyInfo& info, const SecretKey& key) const;
  std::vector<TopicRecord> wrapped_again() const;  // every key that is not under the newest one, under it
  std::vector<TopicRecord> withdrawn() const;      // tombstones for claims that have no id

 private:
  enum class Under : std::uint8_t { newest, before, none };
  struct Claim {
    std::uint64_t first = 0;  // offset of the record that created it
    Timestamp created{};
    std::uint32_t kek = 1;
    Under under = Under::none;
    std::optional<SecretKey> key{};
  };
  using Claims = std::map<std::string, Claim, std::less<>>;  // by token
  struct Slot {
    bool destroyed = false;
    Claims claims{};
    Claims::const_iterator winner() const;  // end() when there is none
    bool has_winner() const { return winner() != claims.end(); }
    bool opened() const { return has_winner() && winner()->second.key.has_value(); }
  };
  using SlotId = std::pair<KeyPurpose, KeyId>;
  struct Versions {
    std::uint32_t newest = 0, before = 0;
    std::size_t behind = 0;
  };

  Result<void> take_claim(Slot& slot, std::uint64_t offset, const ClaimName& name, std::string_view value);
  void open(Claim& claim, const WrappedKey& wrapped) const;
  Versions versions() const;

  const Keks keks_;
  const std::string where_;
  std::map<SlotId, Slot> slots_{};
};

}  // namespace florin
