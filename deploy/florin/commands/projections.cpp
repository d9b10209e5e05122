// florin projections status, florin projections rebuild
#include <CLI/CLI.hpp>
#include <memory>

#include "deploy/florin/admin_client.hpp"
#include "deploy/florin/commands/commands.hpp"

namespace florin {

std::vector<CliCommand> projection_commands() {
  const std::vector<std::string_view> settings{"data", "admin-socket"};
  auto name = std::make_shared<std::string>();
  return {
      {"projections status",
       "Prints every read model's state, position and lag, as JSON.",
       settings,
       {},
       [](const LoadedSettings& loaded) {
         return report(admin_call(loaded.values.admin_socket, "GET", "/admin/status"));
       }},
      {"projections rebuild",
       "Builds a read model again from the events; the old one answers until the new one is there.", settings,
       [name](CLI::App& app) { app.add_option("name", *name, "balances, history or directory")->required(); },
       [name](const LoadedSettings& loaded) {
         return report(
             admin_call(loaded.values.admin_socket, "POST", "/admin/projections/" + *name + "/rebuild"));
       }}};
}

}  // namespace florin
