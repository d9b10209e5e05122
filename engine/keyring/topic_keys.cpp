#include "engine/keyring/topic_keys.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "engine/base/hex.hpp"
#include "engine/keyring/key_table.hpp"

namespace florin {
namespace {

constexpr std::string_view destroyed_token = "destroyed";
constexpr std::size_t token_bytes = 8;
constexpr std::size_t record_bytes_max = 4096;  // several times what one has

bool is_token(std::string_view text) {
  return text.size() == 2 * token_bytes && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::optional<KeyId> parse_id(std::string_view text) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || text != std::to_string(id) || id == 0)
    return std::nullopt;
  return KeyId{id};
}

}  // namespace

std::string format_claim(const ClaimName& claim) {
  return std::string(name(claim.purpose)) + "/" + to_string(claim.id) + "/" +
         (claim.token.empty() ? std::string(destroyed_token) : claim.token);
}

std::optional<ClaimName> parse_claim(std::string_view text) {
  const std::size_t first = text.find('/'), second = text.rfind('/');
  if (first == std::string_view::npos || first == second) return std::nullopt;
  const auto purpose = parse_key_purpose(text.substr(0, first));
  const auto id = parse_id(text.substr(first + 1, second - first - 1));
  const std::string_view token = text.substr(second + 1);
  if (!purpose || !id || (token != destroyed_token && !is_token(token))) return std::nullopt;
  return ClaimName{*purpose, *id, token == destroyed_token ? "" : std::string(token)};
}

TopicRecord mark_destroyed(KeyPurpose purpose, KeyId id, Timestamp now) {
  return {format_claim({purpose, id, ""}), R"({"format":0,"purpose":")" + std::string(name(purpose)) +
                                               R"(","id":)" + to_string(id) + R"(,"destroyed":)" +
                                               std::to_string(now.value) + "}"};
}

TopicKeys::Claims::const_iterator TopicKeys::Slot::winner() const {
  if (destroyed) return claims.end();
  return std::min_element(claims.begin(), claims.end(),
                          [](const auto& a, const auto& b) { return a.second.first < b.second.first; });
}

Result<bool> TopicKeys::take(std::uint64_t offset, std::string_view name, std::string_view value) {
  const auto claim = parse_claim(name);
  const std::string record = "record " + std::to_string(offset) + " of " + where_;
  if (!claim) return fail(Errc::format, record + " names no key as the records of a keyring do");
  Slot& slot = slots_[{claim->purpose, claim->id}];
  const bool before = slot.opened();
  if (claim->token.empty()) {
    slot.destroyed = slot.destroyed || !value.empty();
    if (slot.destroyed)
      for (auto& [token, one] : slot.claims) one.key.reset();
  } else if (value.empty()) {
    slot.claims.erase(claim->token);
  } else if (const auto taken = take_claim(slot, offset, *claim, value); !taken) {
    return fail(taken.error().code, record + " holds no wrapped key: " + taken.error().message);
  }
  return slot.opened() != before;
}

Result<void> TopicKeys::take_claim(Slot& slot, std::uint64_t offset, const ClaimName& name,
                                   std::string_view value) {
  if (value.size() > record_bytes_max) return fail(Errc::format, "it is too long");
  FLORIN_TRY_ASSIGN(const KeyRecord record, parse_key_record(value));
  if (record.key.info.purpose != name.purpose || record.key.info.id != name.id)
    return fail(Errc::format, "it has another purpose or id than the record's key");
  if (record.first && *record.first >= offset)
    return fail(Errc::format, "it says that it was created behind itself");
  const auto [at, is_new] = slot.claims.try_emplace(name.token);
  Claim& claim = at->second;
  if (is_new) claim.first = record.first.value_or(offset);
  claim.created = record.key.info.created;
  claim.kek = record.key.kek;
  if (!slot.destroyed) open(claim, record.key);
  return {};
}

// A key never changes under its name, so one that was opened once stays what it is, whoever wraps it again.
void TopicKeys::open(Claim& claim, const WrappedKey& wrapped) const {
  const auto& [purpose, id, created] = wrapped.info;
  claim.under = Under::newest;
  auto key = unwrap_key(keks_.newest, purpose, id, wrapped.wrapped);
  if (!key && keks_.before) {
    claim.under = Under::before;
    key = unwrap_key(*keks_.before, purpose, id, wrapped.wrapped);
  }
  if (!key) claim.under = Under::none;
  else if (!claim.key) claim.key = std::move(key);
}

void TopicKeys::settle() {
  for (auto& [id, slot] : slots_)
    for (auto& [token, claim] : slot.claims)
      if (claim.under == Under::none) claim.key.reset();
}

Result<SecretKey> TopicKeys::key(KeyPurpose purpose, KeyId id) const {
  const auto slot = slots_.find({purpose, id});
  if (slot == slots_.end() || (!slot->second.destroyed && !slot->second.has_winner()))
    return fail(Errc::key_missing,
                where_ + " has no " + describe(purpose, id) + "; restore it from the keyring's backup");
  if (slot->second.destroyed)
    return fail(Errc::key_missing,
                where_ + " has no " + describe(purpose, id) + " any more: it was destroyed");
  if (!slot->second.opened())
    return fail(Errc::key_refused,
                "the key-encryption key does not open " + describe(purpose, id) + " of " + where_ +
                    ": it is not the one that the key was wrapped under; bring that one as FLORIN_KEK, or as "
                    "FLORIN_KEK_BEFORE");
  return slot->second.winner()->second.key->clone();
}

std::optional<Error> TopicKeys::refused() const {
  for (const auto& [id, slot] : slots_)
    if (slot.has_winner() && !slot.opened()) return key(id.first, id.second).error();
  return std::nullopt;
}

Result<KeyId> TopicKeys::newest(KeyPurpose purpose) const {
  for (auto it = slots_.rbegin(); it != slots_.rend(); ++it)
    if (it->first.first == purpose && it->second.opened()) return it->first.second;
  return fail(Errc::key_missing, where_ + " has no " + std::string(name(purpose)) + " key at all");
}

KeyId TopicKeys::next(KeyPurpose purpose) const {
  constexpr KeyId last{std::numeric_limits<std::uint32_t>::max()};
  auto it = slots_.upper_bound({purpose, last});
  if (it == slots_.begin() || (--it)->first.first != purpose) return {1};
  FLORIN_ASSERT(it->first.second < last);
  return {it->first.second.value + 1};
}

std::vector<KeyInfo> TopicKeys::list() const {
  std::vector<KeyInfo> out;
  for (const auto& [id, slot] : slots_)
    if (slot.opened()) out.push_back({id.first, id.second, slot.winner()->second.created});
  return out;
}

bool TopicKeys::claims(std::string_view name) const {
  const auto claim = parse_claim(name);
  if (!claim) return false;
  const auto slot = slots_.find({claim->purpose, claim->id});
  return slot != slots_.end() && slot->second.claims.contains(claim->token);
}

bool TopicKeys::wins(std::string_view name) const {
  if (!claims(name)) return false;
  const ClaimName claim = *parse_claim(name);
  const Slot& slot = slots_.at({claim.purpose, claim.id});
  return slot.has_winner() && slot.winner()->first == claim.token;
}

Result<void> TopicKeys::check_destroyable(KeyPurpose purpose, KeyId id) const {
  const auto slot = slots_.find({purpose, id});
  if (slot != slots_.end() && slot->second.destroyed) return {};
  if (slot == slots_.end() || !slot->second.has_winner()) return fail(key(purpose, id).error());
  const bool newer = std::any_of(std::next(slot), slots_.end(), [&](const auto& other) {
    return other.first.first == purpose && other.second.has_winner();
  });
  if (!newer) return fail(newest_is_kept(purpose, id));
  return {};
}

TopicKeys::Versions TopicKeys::versions() const {
  Versions out;
  for (const auto& [id, slot] : slots_) {
    if (!slot.has_winner()) continue;
    const Claim& claim = slot.winner()->second;
    if (claim.under == Under::newest) out.newest = std::max(out.newest, claim.kek);
    if (claim.under != Under::before) continue;
    out.before = std::max(out.before, claim.kek);
    out.behind += 1;
  }
  return out;
}

KekStatus TopicKeys::kek_status() const {
  const Versions found = versions();
  return {newest_kek_version(found.newest, found.before), found.behind};
}

TopicRecord TopicKeys::claim(const KeyInfo& info, const SecretKey& key) const {
  const Versions found = versions();
  const bool newest = found.newest != 0 || found.before == 0;
  const std::uint32_t version = newest ? newest_kek_version(found.newest, found.before) : found.before;
  const SecretKey& kek = newest ? keks_.newest : *keks_.before;
  std::array<std::uint8_t, token_bytes> token{};
  randombytes_buf(token.data(), token.size());
  return {format_claim({info.purpose, info.id, to_hex(token)}),
          format_key_record({{info, wrap_key(kek, info.purpose, info.id, key), version}})};
}

std::vector<TopicRecord> TopicKeys::wrapped_again() const {
  const std::uint32_t version = kek_status().version;
  std::vector<TopicRecord> out;
  for (const auto& [id, slot] : slots_) {
    if (!slot.opened()) continue;
    const auto& [token, claim] = *slot.winner();
    if (claim.under != Under::before) continue;
    const KeyInfo info{id.first, id.second, claim.created};
    out.push_back(
        {format_claim({info.purpose, info.id, token}),
         format_key_record(
             {{info, wrap_key(keks_.newest, info.purpose, info.id, *claim.key), version}, claim.first})});
  }
  return out;
}

std::vector<TopicRecord> TopicKeys::withdrawn() const {
  std::vector<TopicRecord> out;
  for (const auto& [id, slot] : slots_)
    for (auto it = slot.claims.begin(); it != slot.claims.end(); ++it)
      if (it != slot.winner()) out.push_back({format_claim({id.first, id.second, it->first}), ""});
  return out;
}

}  // namespace florin
