// florin import: a journal or a file of transfers into a running Florin, over its API.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <thread>

#include "deploy/florin/commands/commands.hpp"
#include "deploy/florin/commands/import_options.hpp"
#include "gateway/import/curl_http.hpp"
#include "gateway/import/import.hpp"

namespace florin {
namespace {

using namespace importing;

void wait(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

// What the options name, found before anything is done.
struct Prepared {
  Imports imports;
  std::unique_ptr<Http> http;  // null when no server is asked
  Credentials credentials;
};

Result<Prepared> prepare(const LoadedSettings& loaded, const ImportOptions& options) {
  Prepared prepared;
  FLORIN_TRY_ASSIGN(prepared.imports, options.imports());
  if (options.offline()) return prepared;
  FLORIN_TRY_ASSIGN(prepared.credentials, options.credentials(loaded.values));
  FLORIN_TRY_ASSIGN(prepared.http, options.open_http());
  return prepared;
}

Result<void> import_file(Prepared prepared, Report& report) {
  Progress progress(stderr, isatty(STDERR_FILENO) == 1);
  if (!prepared.http) return run_import(prepared.imports, nullptr, report, progress);
  Api api(*prepared.http, std::move(prepared.credentials), wait);
  return run_import(prepared.imports, &api, report, progress);
}

// An import has this code only for what is wrong with its options.
int exit_code(const Result<void>& done) {
  const int code = report(done);
  return !done && done.error().code == Errc::invalid_argument ? exit_wrong_usage : code;
}

// Prints the counts, also of an import that stopped; exit code 0 only when nothing was refused.
int run(const LoadedSettings& loaded, const ImportOptions& options) {
  auto prepared = prepare(loaded, options);
  if (!prepared) return exit_code(fail(std::move(prepared).error()));
  auto opened = Report::open(options.report);
  if (!opened) return exit_code(fail(std::move(opened).error()));
  const Result<void> done = import_file(*std::move(prepared), *opened);
  const Result<void> closed = opened->close(options.dry_run);
  std::cout << opened->text(options.dry_run);
  const int code = std::max(exit_code(done), exit_code(closed));
  return code == 0 && opened->refused() > 0 ? 1 : code;
}

}  // namespace

std::vector<CliCommand> import_commands() {
  auto options = std::make_shared<ImportOptions>();
  return {{"import",
           "Imports a journal of hledger, ledger or beancount, or transfers in CSV, into a running Florin. "
           "Running it again moves nothing twice, and resumes what was interrupted.",
           {},
           [options](CLI::App& app) { options->add_to(app); },
           [options](const LoadedSettings& loaded) { return run(loaded, *options); }}};
}

}  // namespace florin
