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

Result<void> import_file(const LoadedSettings& loaded, const ImportOptions& options, Report& report) {
  FLORIN_TRY_ASSIGN(const Imports imports, options.imports());
  Progress progress(stderr, isatty(STDERR_FILENO) == 1);
  if (options.offline()) return run_import(imports, nullptr, report, progress);
  FLORIN_TRY_ASSIGN(Credentials credentials, options.credentials(loaded.values));
  FLORIN_TRY_ASSIGN(const auto http, options.open_http());
  Api api(*http, std::move(credentials), wait);
  return run_import(imports, &api, report, progress);
}

// Prints the counts, also of an import that stopped; exit code 0 only when nothing was refused.
int run(const LoadedSettings& loaded, const ImportOptions& options) {
  auto opened = Report::open(options.report);
  if (!opened) return report(Result<void>(fail(opened.error())));
  const Result<void> done = import_file(loaded, options, *opened);
  const Result<void> closed = opened->close(options.dry_run);
  std::cout << opened->text(options.dry_run);
  const int code = std::max(report(done), report(closed));
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
