// florin keys init, florin keys list, florin keys rotate, florin keys backup, florin keys restore
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "deploy/florin/admin_client.hpp"
#include "deploy/florin/commands/commands.hpp"
#include "deploy/florin/data_folder.hpp"
#include "deploy/florin/kafka_connection.hpp"
#include "deploy/florin/missing_keys.hpp"
#include "engine/keyring/file_keyring.hpp"

namespace florin {
namespace {

Result<std::string> init(const Settings& settings) {
  std::error_code error;
  if (settings.journal == JournalKind::embedded && std::filesystem::exists(settings.keyring, error))
    return fail(Errc::already_exists,
                "there is a keyring at " + settings.keyring.string() + " already; nothing was changed");
  FLORIN_TRY(open_keyring(settings, IfMissing::create));
  return "A keyring was made at " + place_of_keyring(settings) +
         ". Back it up apart from the data: without it nothing can be read.";
}

Result<std::string> list(const Settings& settings) {
  FLORIN_TRY_ASSIGN(const auto keyring, open_keyring(settings, IfMissing::refuse));
  nlohmann::ordered_json keys = nlohmann::json::array();
  for (const KeyInfo& key : keyring->list())
    keys.push_back(
        {{"purpose", name(key.purpose)}, {"id", key.id.value}, {"created", to_string(key.created)}});
  return nlohmann::ordered_json{{"keys", keys}}.dump();
}

struct RotateOptions {
  std::string purpose = "data";
  bool kek = false;
};

void add_rotate_options(CLI::App& app, RotateOptions& options) {
  auto* purpose = app.add_option("--purpose", options.purpose,
                                 "Of the key: data (default), storage, token_signing, "
                                 "fingerprint or operator_signing");
  app.add_flag("--kek", options.kek, "The key-encryption key: all keys are wrapped again under a new one")
      ->excludes(purpose);
}

Result<std::string> rotate(const Settings& settings, const RotateOptions& options) {
  if (options.kek) return admin_call(settings.admin_socket, "POST", "/admin/keys/wrap");
  return admin_call(settings.admin_socket, "POST", "/admin/keys/rotate",
                    nlohmann::ordered_json{{"purpose", options.purpose}}.dump());
}

struct BackupOptions {
  std::string file, recovery_key;
};

void add_backup_options(CLI::App& app, BackupOptions& options) {
  app.add_option("file", options.file, "The file of the backup")->required();
  app.add_option("--recovery-key", options.recovery_key, "The private file of the key that opens the backup")
      ->required();
}

Result<std::string> backup(const Settings& settings, const BackupOptions& options) {
  FLORIN_TRY_ASSIGN(const auto keyring, open_keyring(settings, IfMissing::refuse));
  std::error_code error;
  const bool known = std::filesystem::exists(options.recovery_key, error);
  FLORIN_TRY_ASSIGN(const SecretKey recovery, known ? FileKeyring::read_kek(options.recovery_key)
                                                    : FileKeyring::make_kek(options.recovery_key));
  FLORIN_TRY_ASSIGN(const std::size_t keys, write_backup(*keyring, recovery, options.file));
  return std::to_string(keys) + " keys are in " + options.file + ", under the " +
         (known ? "recovery key " : "new recovery key ") + options.recovery_key +
         ". Keep the two apart from each other and from the data: together they read everything.";
}

Result<std::string> restore(const Settings& settings, const BackupOptions& options) {
  FLORIN_TRY_ASSIGN(const SecretKey recovery, FileKeyring::read_kek(options.recovery_key));
  FLORIN_TRY_ASSIGN(const auto keys, read_backup(options.file, recovery));
  FLORIN_TRY(restore_keyring(settings, keys));
  const std::string restored =
      std::to_string(keys.size()) + " keys were restored to " + place_of_keyring(settings);
  if (settings.journal == JournalKind::kafka) return restored + ".";
  FLORIN_TRY_ASSIGN(const auto keyring, open_keyring(settings, IfMissing::refuse));
  FLORIN_TRY_ASSIGN(const std::string missing, missing_keys(settings, *keyring));
  if (missing.empty()) return restored + ".";
  return fail(
      Errc::key_missing,
      restored + ", but the data needs keys that were made after this backup: " + missing +
          ". Remove the keyring's folder and restore a newer backup; what is under these keys cannot be "
          "read without them. Stores under a missing storage key are rebuilt when their folders engine "
          "and views are removed.");
}

}  // namespace

std::vector<CliCommand> key_commands() {
  const auto settings = with_kafka_settings({"data", "keyring", "journal-path", "journal", "topic-prefix"});
  auto options = std::make_shared<BackupOptions>();
  auto rotated = std::make_shared<RotateOptions>();
  const auto add_options = [options](CLI::App& app) { add_backup_options(app, *options); };
  return {{"keys init",
           "Makes the keyring of a new data folder: random keys, wrapped by a key-encryption key.",
           settings,
           {},
           [](const LoadedSettings& loaded) { return report(init(loaded.values)); }},
          {"keys list",
           "Lists purpose, id and age of every key, as JSON; never a key itself.",
           settings,
           {},
           [](const LoadedSettings& loaded) { return report(list(loaded.values)); }},
          {"keys backup",
           "Writes all keys to a file, under a recovery key, which is made when it is not there yet.",
           settings, add_options,
           [options](const LoadedSettings& loaded) { return report(backup(loaded.values, *options)); }},
          {"keys restore", "Makes the keyring of a data folder from a backup; never replaces one.", settings,
           add_options,
           [options](const LoadedSettings& loaded) { return report(restore(loaded.values, *options)); }},
          {"keys rotate",
           "Makes a new key on the running server, which uses it for everything from now on.",
           {"data", "admin-socket"},
           [rotated](CLI::App& app) { add_rotate_options(app, *rotated); },
           [rotated](const LoadedSettings& loaded) { return report(rotate(loaded.values, *rotated)); }}};
}

}  // namespace florin
