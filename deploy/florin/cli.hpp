// The command line of `florin`, made from a table of commands.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "deploy/florin/settings.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the name that CLI11 gave it
class App;
}

namespace florin {

struct CliCommand {
  std::string_view name;  // "serve", or "client create" for a command of a group
  std::string_view help;  // a sentence
  // Settings that it takes as flags; the others still come from the environment, .env and defaults.
  std::vector<std::string_view> settings;
  std::function<void(CLI::App&)> add_options;  // its own options and arguments; may be empty
  std::function<int(LoadedSettings&)> run;     // gives the exit code
};

struct CliGroup {
  std::string_view name;  // "client"
  std::string_view help;
};

struct CliProgram {
  std::string_view summary;
  std::string_view version;
  std::string_view examples;  // shown at the bottom of --help
  std::vector<CliGroup> groups;
  std::vector<CliCommand> commands;
};

// What a program finds around it.
struct CliSurroundings {
  const char* const* environment;  // "NAME=value", ends with a null pointer
  std::filesystem::path dotenv;    // need not exist
  std::ostream& out;
  std::ostream& err;
};

inline constexpr int exit_wrong_usage = 2;  // of a flag, a command or a setting; nothing was done

std::vector<std::string_view> all_settings();  // the names of all that have a flag

// Parses, loads the settings, runs the command and gives its exit code. Help and version go to `out` with
// exit code 0, and mistakes to `err`, one sentence each. A group that a command names must be in `groups`.
int run_cli(const CliProgram& program, int argc, const char* const* argv, const CliSurroundings& around);

}  // namespace florin
