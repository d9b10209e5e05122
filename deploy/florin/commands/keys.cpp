// florin keys init, florin keys list, florin keys rotate
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

}  // namespace

std::vector<CliCommand> key_commands() {
  const std::vector<std::string_view> settings{"data", "keyring", "journal-path"};
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
          {"keys rotate",
           "Makes a new data key and seals everything from now on under it, on the running server.",
           {"data", "admin-socket"},
           {},
           [](const LoadedSettings& loaded) {
             return report(admin_call(loaded.values.admin_socket, "POST", "/admin/keys/rotate"));
           }}};
}

}  // namespace florin
