#include "deploy/florin/commands/import_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "engine/keyring/private_file.hpp"
#include "gateway/import/curl_http.hpp"
#include "schemas/money.hpp"

namespace florin {
namespace {

constexpr std::string_view footer =
    R"(A journal becomes ledgers (one for each commodity), accounts (one for each journal account and commodity) and
transactions, all with the dates of the journal and with ids that follow from their content. Debits are positive
amounts, credits negative ones. A line of CSV is a transfer, under a header with the API's names of its fields.
The client needs ledger:read and ledger:write, and book:admin where ledgers are to be opened.

Examples:
  florin import books.journal --dry-run
  florin import books.beancount --client-id ID --client-secret-file FILE --ledger-base 100
  florin import pay.csv --url https://ledger.example --client-id ID --map "From=debit_account_id" --map "To=credit_account_id"
)";

// "NAME=VALUE": the last = stands between them, since a commodity may have one in its name.
Result<std::pair<std::string, std::string>> split(const std::string& option, const std::string& text) {
  const auto equals = text.rfind('=');
  if (equals == std::string::npos || (equals == 0 && option == "--map"))
    return fail(Errc::invalid_argument, option + " takes NAME=VALUE, not \"" + text + "\"");
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

template <class Number>
Result<void> read_numbers(const std::string& option, const std::vector<std::string>& texts, Number max,
                          std::map<std::string, Number>& numbers) {
  for (const std::string& text : texts) {
    FLORIN_TRY_ASSIGN(const auto pair, split(option, text));
    const auto number = parse_decimal(pair.second, max);
    if (!number)
      return fail(Errc::invalid_argument, option + " takes a number up to " + std::to_string(max) +
                                              " behind the =, not \"" + pair.second + "\"");
    numbers[pair.first] = static_cast<Number>(*number);
  }
  return {};
}

Result<void> read_texts(const std::string& option, const std::vector<std::string>& texts,
                        std::map<std::string, std::string>& values) {
  for (const std::string& text : texts) {
    FLORIN_TRY_ASSIGN(auto pair, split(option, text));
    values.insert_or_assign(std::move(pair.first), std::move(pair.second));
  }
  return {};
}

bool local(const std::string& url) {
  const std::string host = url.substr(std::min(url.size(), url.find("://") + 3));
  for (const std::string_view name : {"localhost", "127.0.0.1", "[::1]"})
    if (host == name || host.starts_with(std::string(name) + ":") ||
        host.starts_with(std::string(name) + "/"))
      return true;
  return false;
}

}  // namespace

void ImportOptions::add_to(CLI::App& app) {
  app.add_option("file", file, "The journal, or the CSV.")->required();
  app.add_option("--format", format,
                 "hledger, ledger, beancount or csv; by the file's ending when left out.");
  app.add_option("--url", url, "The server.")->capture_default_str();
  app.add_option("--ca-file", ca_file, "Authorities (PEM) to trust instead of the system's.");
  app.add_flag("--plain-http", plain_http,
               "Allow http:// to another machine: it shows the secret to the network.");
  app.add_option("--client-id", client_id, "The API client.");
  app.add_option("--client-secret-file", client_secret_file,
                 "A file that holds the client's secret; without it, it is taken from FLORIN_CLIENT_SECRET.");
  app.add_flag(
      "--dry-run", dry_run,
      "Read and check everything, create nothing. With --client-id the server is asked what it would do.");
  app.add_option("--report", report, "File for the refused lines, one JSON object a line.")
      ->type_name("FILE");
  app.add_option("--batch", batch, "Items in one call.")->capture_default_str()->check(CLI::Range(1, 8189));
  app.add_option("--ledger-base", ledger_base, "The first commodity's ledger; the others follow.")
      ->capture_default_str()
      ->check(CLI::Range(1u, ~0u - 100'000u));
  app.add_option("--ledger", ledgers, "COMMODITY=ID: the ledger of one commodity.")->allow_extra_args(false);
  app.add_option("--currency", currencies, "COMMODITY=CODE: its ISO 4217 code.")->allow_extra_args(false);
  app.add_option("--exponent", exponents, "COMMODITY=N: its decimals; otherwise the most that are seen.")
      ->allow_extra_args(false);
  app.add_option("--conversion-account", conversion_account, "Takes what a transaction exchanges or rounds.")
      ->capture_default_str();
  app.add_option("--virtual-account", virtual_account, "Stands against virtual postings.")
      ->capture_default_str();
  app.add_option("--map", map, "COLUMN=FIELD: what a column of CSV is; COLUMN= leaves it out.")
      ->allow_extra_args(false);
  app.footer(std::string(footer));
}

Result<importing::Imports> ImportOptions::imports() const {
  importing::Imports imports;
  imports.file = file;
  const auto known = format.empty() ? importing::format_of(file) : importing::parse_format(format);
  if (!known)
    return fail(Errc::invalid_argument, "say --format hledger, ledger, beancount or csv; \"" +
                                            (format.empty() ? file : format) + "\" does not tell which");
  imports.format = *known;
  imports.sending = {batch, dry_run};
  imports.plan.ledger_base = ledger_base;
  imports.plan.conversion_account = conversion_account;
  imports.plan.virtual_account = virtual_account;
  FLORIN_TRY(read_numbers("--ledger", ledgers, ~std::uint32_t{0}, imports.plan.ledgers));
  FLORIN_TRY(read_numbers("--exponent", exponents, importing::decimals_max, imports.plan.exponents));
  FLORIN_TRY(read_texts("--currency", currencies, imports.plan.currencies));
  FLORIN_TRY(read_texts("--map", map, imports.columns));
  return imports;
}

Result<importing::Credentials> ImportOptions::credentials(const Settings& settings) const {
  if (client_id.empty())
    return fail(Errc::invalid_argument, "--client-id is missing; `florin client create` makes a client");
  if (client_secret_file.empty()) {
    if (settings.client_secret.empty())
      return fail(Errc::invalid_argument,
                  "the client's secret is missing: --client-secret-file FILE or FLORIN_CLIENT_SECRET");
    return importing::Credentials{client_id, settings.client_secret};
  }
  FLORIN_TRY_ASSIGN(std::string secret, read_private_file(client_secret_file, client_secret_bytes_max));
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  return importing::Credentials{client_id, std::move(secret)};
}

Result<std::unique_ptr<importing::Http>> ImportOptions::open_http() const {
  if (url.starts_with("http://") && !local(url) && !plain_http)
    return fail(Errc::invalid_argument,
                url +
                    " would show the secret to the network; use https://, or --plain-http in a "
                    "network that you trust");
  return importing::open_http(url, ca_file);
}

}  // namespace florin
