#include "deploy/florin/keys_in_use.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

namespace florin {
namespace {

constexpr std::chrono::seconds files_counted_every{10};  // a scrape reads the head of each file of a store

// More keys than may be in force at once would take the oldest out of force while it is needed.
Result<void> check_room(const KeyUsers& users, KeyPurpose purpose, std::uint64_t overlap_ns,
                        std::size_t keys_max) {
  const auto in_force = keys_in_force(*users.keys.keyring, purpose, users.clock.now(), overlap_ns);
  if (in_force.size() < keys_max) return {};
  const std::uint64_t wait_s = (in_force.back().until.value - users.clock.now().value) / 1'000'000'000;
  return fail(Errc::overloaded, std::to_string(in_force.size()) + " keys for " + std::string(name(purpose)) +
                                    " are in force, as many as may be; try again in " +
                                    std::to_string(wait_s + 1) + " s");
}

Result<KeyId> create(const KeyUsers& users, KeyPurpose purpose) {
  if (purpose == KeyPurpose::token_signing)
    FLORIN_TRY(check_room(users, purpose, gateway::signing_overlap_s * 1'000'000'000,
                          gateway::SigningKeys::keys_max));
  if (purpose == KeyPurpose::fingerprint)
    FLORIN_TRY(check_room(users, purpose, gateway::KeyedIdempotencyHasher::overlap_ns, keyed_calls_max));
  return users.keys.keyring->create(purpose);
}

Result<void> use(const KeyUsers& users, KeyPurpose purpose, KeyId id) {
  switch (purpose) {
    case KeyPurpose::data:
      for (const auto& unit : users.units) unit->appender()->seal_under(id);
      return {};
    case KeyPurpose::token_signing: return users.tokens.reload(*users.keys.keyring);
    case KeyPurpose::fingerprint: return users.hasher.reload(*users.keys.keyring);
    case KeyPurpose::operator_signing: return {};  // read from the keyring where it is used
    case KeyPurpose::storage: break;
  }
  FLORIN_TRY_ASSIGN(const SecretKey key, users.keys.keyring->key(purpose, id));
  users.keys.storage_keys->add(id, key);
  return {};
}

Result<std::string> wrap(const KeyUsers& users) {
  FLORIN_TRY_ASSIGN(const KekStatus status, users.keys.keyring->rotate_kek());
  return nlohmann::ordered_json{{"kek", status.version}, {"keys", users.keys.keyring->list().size()}}.dump();
}

double age_seconds(const Keyring& keyring, const Clock& clock, KeyPurpose purpose) {
  Timestamp created;
  for (const KeyInfo& key : keyring.list())
    if (key.purpose == purpose) created = std::max(created, key.created);
  const Timestamp now = clock.now();
  return now < created ? 0 : static_cast<double>(now.value - created.value) / 1e9;
}

double count(const Keyring& keyring, KeyPurpose purpose) {
  std::size_t keys = 0;
  for (const KeyInfo& key : keyring.list()) keys += key.purpose == purpose ? 1 : 0;
  return static_cast<double>(keys);
}

// Files of one store under an older key. -1 when they cannot be counted.
class FilesBehind {
 public:
  FilesBehind(const StorageKeys& keys, std::filesystem::path folder)
      : keys_(keys), folder_(std::move(folder)) {}

  double count() {
    const KeyId newest = keys_.newest();
    if (newest.value == 1) return 0;
    const auto now = std::chrono::steady_clock::now();
    if (newest == counted_for_ && now < next_count_) return counted_;
    const auto behind = files_behind(folder_, newest);
    counted_ = behind ? static_cast<double>(*behind) : -1;
    counted_for_ = newest;
    next_count_ = now + files_counted_every;
    return counted_;
  }

 private:
  const StorageKeys& keys_;
  const std::filesystem::path folder_;
  KeyId counted_for_;
  std::chrono::steady_clock::time_point next_count_;
  double counted_ = 0;
};

void watch_files(Metrics& metrics, const StorageKeys& keys, const Unit& unit) {
  std::vector<std::string> stores;
  if (unit.state() != nullptr) stores.emplace_back("engine");
  if (const auto* views = unit.views())
    for (const auto& view : views->status()) stores.push_back("views/" + view.name);
  for (const std::string& store : stores) {
    Metrics::Labels labels = unit.labels();
    const std::string name = store.substr(store.find('/') + 1);
    labels.emplace_back("store", name);
    metrics.sampled_gauge(
        "florin_storage_files_behind", "Files of a store under an older storage key than the newest.",
        [files = std::make_shared<FilesBehind>(keys, unit.folder() / store)] { return files->count(); },
        labels);
  }
}

}  // namespace

gateway::KeyPort key_port(const KeyUsers& users) {
  return {[users](KeyPurpose purpose) { return create(users, purpose); },
          [users](KeyPurpose purpose, KeyId id) { return use(users, purpose, id); },
          [users] { return wrap(users); }};
}

void watch_keys(Metrics& metrics, const OpenedKeys& keys, const Units& units, const Clock& clock) {
  for (const KeyPurpose purpose : key_purposes) {
    metrics.sampled_gauge("florin_keys", "Keys of the keyring.",
                          [&keys, purpose] { return count(*keys.keyring, purpose); },
                          {{"purpose", name(purpose)}});
    metrics.sampled_gauge("florin_key_age_seconds", "Since the newest key of the purpose was made.",
                          [&keys, &clock, purpose] { return age_seconds(*keys.keyring, clock, purpose); },
                          {{"purpose", name(purpose)}});
  }
  metrics.sampled_gauge("florin_kek_version", "Version of the newest key-encryption key.",
                        [&keys] { return static_cast<double>(keys.keyring->kek_status().version); });
  metrics.sampled_gauge("florin_keys_behind",
                        "Keys that are wrapped under an older key-encryption key than the newest.",
                        [&keys] { return static_cast<double>(keys.keyring->kek_status().behind); });
  for (const auto& unit : units) watch_files(metrics, *keys.storage_keys, *unit);
}

}  // namespace florin
