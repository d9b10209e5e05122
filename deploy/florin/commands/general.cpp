// florin config, florin version, and how every command says what came of it.
#include <iostream>

#include "deploy/florin/commands/commands.hpp"

namespace florin {

int report(const Result<std::string>& outcome) {
  if (!outcome) return report(Result<void>(fail(outcome.error())));
  std::cout << *outcome << '\n';
  return 0;
}

int report(const Result<void>& outcome) {
  if (outcome) return 0;
  std::cerr << "florin: " << name(outcome.error().code) << ": " << outcome.error().message << '\n';
  return 1;
}

std::vector<CliCommand> general_commands() {
  return {{"config",
           "Prints every setting in force and where it came from; secrets are masked.",
           all_settings(),
           {},
           [](const LoadedSettings& loaded) {
             print_settings(std::cout, loaded);
             return 0;
           }},
          {"version", "Prints the version.", {}, {}, [](const LoadedSettings&) {
             std::cout << "florin " << program_version << '\n';
             return 0;
           }}};
}

}  // namespace florin
