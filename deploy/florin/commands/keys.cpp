// florin keys init, florin keys list, florin keys rotate, florin keys backup, florin keys restore
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "deploy/florin/admin_client.hpp"
#include "deploy/florin/commands/commands.hpp"
#include "deploy/florin/data_folder.hpp"

namespace florin {
namespace {

Result<std::string> init(const Settings& settings) {
  std::error_code error;
  if (std::filesystem::exists(settings.keyring, error))
    return fail(Errc::already_exists,
                "there is a keyring at " + settings.keyring.string() + " already; nothing was changed");
  FLORIN_TRY(open_keyring(settings, IfMissing::create));
  return "A keyring was made at " + settings.keyring.string() +
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
  return std::to_string(keys.size()) + " keys were restored to " + settings.keyring.string() + ".";
}

}  // namespace

std::vector<CliCommand> key_commands() {
  const std::vector<std::string_view> settings{"data", "keyring", "journal-path"};
  auto options = std::make_shared<BackupOptions>();
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
           "Makes a new data key and seals everything from now on under it, on the running server.",
           {"data", "admin-socket"},
           {},
           [](const LoadedSettings& loaded) {
             return report(admin_call(loaded.values.admin_socket, "POST", "/admin/keys/rotate"));
           }}};
}

}  // namespace florin
