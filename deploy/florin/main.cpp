// The one program: a table of commands over the rooms.
#include <cstdio>
#include <exception>
#include <iostream>

#include "deploy/florin/commands/commands.hpp"
#include "engine/base/hash.hpp"

extern char** environ;

namespace {

constexpr std::string_view examples = R"(Examples:
  florin serve --data ./data                       run all of Florin on an embedded journal, on 127.0.0.1:8000
  florin book create --data ./data --name Demo     open a book
  florin client create --data ./data --book 1 --name robot --scope 'ledger:read ledger:write' --ledgers '*'
  florin digest --data ./data                      the state digest of the running server
  florin check --data ./data                       check the whole book of the running server
  florin replay --data ./data                      decide the whole journal again and compare (server stopped)
  florin import books.journal --client-id ID       bring a journal of hledger, ledger or beancount into a book

Settings come from flags, then FLORIN_... variables, then .env, then defaults; `florin config` shows them.)";

florin::CliProgram program() {
  florin::CliProgram program;
  program.summary = "Florin: an e-wallet backend that is a ledger first.";
  program.version = florin::program_version;
  program.examples = examples;
  program.groups = {{"keys", "The keyring."},
                    {"book", "Books."},
                    {"client", "API clients of a book."},
                    {"journal", "The journal."},
                    {"engine", "The engine and its state."},
                    {"projections", "The read models."},
                    {"topics", "Topics on Apache Kafka."}};
  for (const auto& family : {florin::serve_commands(), florin::book_commands(), florin::key_commands(),
                             florin::engine_commands(), florin::journal_commands(), florin::check_commands(),
                             florin::projection_commands(), florin::import_commands(),
                             florin::topic_commands(), florin::status_commands(), florin::general_commands()})
    program.commands.insert(program.commands.end(), family.begin(), family.end());
  return program;
}

}  // namespace

int main(int argc, char** argv) {
  // The one place that catches exceptions of libraries: rooms report failures as values.
  try {
    florin::initialize_crypto();
    return florin::run_cli(program(), argc, argv, {environ, ".env", std::cout, std::cerr});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "florin: %s\n", error.what());
    return 70;
  }
}
