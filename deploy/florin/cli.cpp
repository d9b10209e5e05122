#include "deploy/florin/cli.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "engine/base/assert.hpp"

namespace florin {
namespace {

constexpr std::string_view settings_footer =
    "A setting that is not given here comes from the environment, then from the file .env, then from its "
    "default.\n"
    "`florin config` prints what is in force.\n";

std::string flag_help(const SettingRow& row) {
  std::string text(row.help);
  if (!row.fallback.empty()) text += " Default: " + std::string(row.fallback) + ".";
  return text + " [" + variable_name(row) + "]";
}

void add_setting_flags(CLI::App& app, const CliCommand& command, std::vector<SettingInput>& flags) {
  for (const SettingRow& row : settings_table()) {
    if (row.secret ||
        std::find(command.settings.begin(), command.settings.end(), row.name) == command.settings.end())
      continue;
    const std::string name(row.name);
    const auto keep = [&flags, name](const std::string& value) { flags.push_back({name, value}); };
    app.add_option_function<std::string>("--" + name, keep, flag_help(row))
        ->type_name(std::string(row.placeholder))
        ->group("Settings");
  }
}

std::vector<SettingInput> environment_inputs(const char* const* environment) {
  std::vector<SettingInput> inputs;
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    inputs.push_back({std::string(entry.substr(0, equals)), std::string(entry.substr(equals + 1))});
  }
  return inputs;
}

Result<LoadedSettings> load(std::vector<SettingInput> flags, const CliSurroundings& around) {
  FLORIN_TRY_ASSIGN(auto dotenv, read_dotenv(around.dotenv));
  return load_settings({std::move(flags), environment_inputs(around.environment), std::move(dotenv)});
}

// The tree of commands that CLI11 parses into, and what it found.
struct Parser {
  CLI::App app;
  std::map<std::string_view, CLI::App*> groups;
  std::map<const CLI::App*, const CliCommand*> commands;
  std::vector<SettingInput> flags;

  explicit Parser(const CliProgram& program) : app(std::string(program.summary), "florin") {
    app.set_help_flag("-h,--help", "Show this help; also after a command.");
    app.set_version_flag("--version", std::string(program.version), "Show the version.");
    app.require_subcommand(0, 1);
    for (const CliGroup& group : program.groups) {
      groups[group.name] = app.add_subcommand(std::string(group.name), std::string(group.help));
      groups[group.name]->require_subcommand(0, 1);
    }
    for (const CliCommand& command : program.commands) add(command);
    // Last, since commands that are added later would inherit it.
    app.footer(std::string(program.examples));
  }

  void add(const CliCommand& command) {
    const auto space = command.name.find(' ');
    CLI::App* parent = &app;
    if (space != std::string_view::npos) {
      parent = groups[command.name.substr(0, space)];
      FLORIN_ASSERT(parent != nullptr);
    }
    const std::string_view last =
        space == std::string_view::npos ? command.name : command.name.substr(space + 1);
    // A group may be a command as well: `engine` beside `engine snapshot`.
    const auto group = groups.find(command.name);
    CLI::App* sub = group == groups.end()
                        ? parent->add_subcommand(std::string(last), std::string(command.help))
                        : group->second->description(std::string(command.help));
    add_setting_flags(*sub, command, flags);
    if (!command.settings.empty()) sub->footer(std::string(settings_footer));
    if (command.add_options) command.add_options(*sub);
    commands[sub] = &command;
  }

  // The innermost app that the words on the command line reached.
  const CLI::App& reached() const {
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    return *at;
  }
};

}  // namespace

std::vector<std::string_view> all_settings() {
  std::vector<std::string_view> names;
  for (const SettingRow& row : settings_table())
    if (!row.secret) names.push_back(row.name);
  return names;
}

int run_cli(const CliProgram& program, int argc, const char* const* argv, const CliSurroundings& around) {
  Parser parser(program);
  try {
    parser.app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    return parser.app.exit(done, around.out, around.err);
  } catch (const CLI::ParseError& error) {
    around.err << "florin: " << error.what() << "\nRun with --help to see what there is.\n";
    return exit_wrong_usage;
  }
  const CLI::App& reached = parser.reached();
  const auto command = parser.commands.find(&reached);
  if (command == parser.commands.end()) {
    around.err << parser.app.help();
    return exit_wrong_usage;
  }
  auto settings = load(std::move(parser.flags), around);
  if (!settings) {
    around.err << "florin: " << settings.error().message << '\n';
    return exit_wrong_usage;
  }
  return command->second->run(*settings);
}

}  // namespace florin
