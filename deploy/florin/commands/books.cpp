// florin book create, florin client create, florin client revoke: asked of the running server.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "deploy/florin/admin_client.hpp"
#include "deploy/florin/commands/commands.hpp"
#include "engine/base/hex.hpp"
#include "gateway/auth/credentials.hpp"
#include "schemas/money.hpp"

namespace florin {
namespace {

using nlohmann::ordered_json;

struct BookOptions {
  std::string name;
  std::uint32_t id = 0;
  std::optional<std::uint32_t> partition{};
};

struct ClientOptions {
  std::uint32_t book = 0;
  std::string name, scope = "ledger:read", ledgers, client;
};

Result<std::string> create_book(const Settings& settings, const BookOptions& options) {
  ordered_json body{{"name", options.name}};
  if (options.id != 0) body["id"] = options.id;
  if (options.partition) body["partition"] = *options.partition;
  FLORIN_TRY_ASSIGN(const auto answer,
                    admin_call(settings.admin_socket, "POST", "/admin/books", body.dump()));
  return "book " + std::to_string(ordered_json::parse(answer).at("book").get<std::uint32_t>());
}

// "*", or ids with commas between.
Result<ordered_json> parse_ledgers(const std::string& text) {
  ordered_json ids = ordered_json::array();
  for (std::size_t begin = 0; begin < text.size() && text != "*";) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const auto id = parse_decimal(std::string_view(text).substr(begin, end - begin), ~std::uint32_t{0});
    if (!id)
      return fail(Errc::invalid_argument,
                  "--ledgers takes * or ledger ids with commas between, such as 700,701");
    ids.push_back(static_cast<std::uint32_t>(*id));
    begin = end + 1;
  }
  return ids;
}

Result<std::string> create_client(const Settings& settings, const ClientOptions& options) {
  FLORIN_TRY_ASSIGN(const ordered_json ledgers, parse_ledgers(options.ledgers));
  const gateway::ClientSecret secret = gateway::make_client_secret();
  const ordered_json body{{"book", options.book},   {"name", options.name},
                          {"scope", options.scope}, {"all_ledgers", options.ledgers == "*" ? 1 : 0},
                          {"ledgers", ledgers},     {"secret_hash", to_hex(secret.hash)}};
  FLORIN_TRY_ASSIGN(const auto answer,
                    admin_call(settings.admin_socket, "POST", "/admin/clients", body.dump()));
  return ordered_json{{"client_id", ordered_json::parse(answer).at("client_id")},
                      {"client_secret", secret.text},
                      {"book", options.book}}
      .dump();
}

Result<std::string> revoke_client(const Settings& settings, const ClientOptions& options) {
  const ordered_json body{{"client_id", options.client}};
  FLORIN_TRY_ASSIGN(const auto answer,
                    admin_call(settings.admin_socket, "POST", "/admin/clients/revoke", body.dump()));
  return "revoked " + ordered_json::parse(answer).at("revoked").get<std::string>();
}

}  // namespace

std::vector<CliCommand> book_commands() {
  const std::vector<std::string_view> settings{"data", "admin-socket"};
  auto book = std::make_shared<BookOptions>();
  auto client = std::make_shared<ClientOptions>();
  return {{"book create", "Opens a book: one operator's users, ledgers and API clients.", settings,
           [book](CLI::App& app) {
             app.add_option("--name", book->name, "What people call the book.")->required();
             app.add_option("--partition", book->partition,
                            "Where it is to live, on Kafka; they take turns when it is left out.");
             app.add_option("--id", book->id, "Its id; the first free one when left out.");
           },
           [book](const LoadedSettings& loaded) { return report(create_book(loaded.values, *book)); }},
          {"client create", "Creates an API client of a book and prints its secret, once, as JSON.", settings,
           [client](CLI::App& app) {
             app.add_option("--book", client->book, "The book's id.")->required();
             app.add_option("--name", client->name, "What people call the client.")->required();
             app.add_option("--scope", client->scope,
                            "ledger:read, ledger:write, audit:read, book:admin; spaces between.");
             app.add_option("--ledgers", client->ledgers,
                            "Ledgers granted: * for all, or ids with commas between.");
           },
           [client](const LoadedSettings& loaded) { return report(create_client(loaded.values, *client)); }},
          {"client revoke", "Revokes an API client: its tokens and its secret are refused from then on.",
           settings,
           [client](CLI::App& app) {
             app.add_option("--book", client->book, "The book's id; the client's id names it too.");
             app.add_option("--client", client->client, "The client's id.")->required();
           },
           [client](const LoadedSettings& loaded) { return report(revoke_client(loaded.values, *client)); }}};
}

}  // namespace florin
