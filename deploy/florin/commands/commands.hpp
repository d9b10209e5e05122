// The commands of the program, one file for each family. Each gives its rows of the command line's table.
#pragma once

#include <vector>

#include "deploy/florin/cli.hpp"

namespace florin {

inline constexpr std::string_view program_version = FLORIN_VERSION;

std::vector<CliCommand> serve_commands();
std::vector<CliCommand> key_commands();
std::vector<CliCommand> book_commands();     // book create, client create, client revoke
std::vector<CliCommand> engine_commands();   // digest, replay, engine snapshot
std::vector<CliCommand> journal_commands();  // journal check, journal copy, journal quarantine
std::vector<CliCommand> check_commands();
std::vector<CliCommand> projection_commands();
std::vector<CliCommand> import_commands();
std::vector<CliCommand> topic_commands();
std::vector<CliCommand> status_commands();
std::vector<CliCommand> general_commands();  // config, version

// Prints the value, or the error on standard error; gives the exit code.
int report(const Result<std::string>& outcome);
int report(const Result<void>& outcome);

}  // namespace florin
