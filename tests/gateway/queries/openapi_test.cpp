// The document and the program say the same.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "gateway/http/problem.hpp"
#include "gateway/http/router.hpp"
#include "gateway/json/ledger_flags.hpp"
#include "schemas/openapi.hpp"

using namespace florin;
using namespace florin::gateway;
using Json = nlohmann::json;

namespace {

const Json& document() {
  static const Json parsed = Json::parse(openapi_json());
  return parsed;
}

// Follows a "$ref" inside the document.
const Json& resolved(const Json& value) {
  if (!value.contains("$ref")) return value;
  return document().at(Json::json_pointer(value.at("$ref").get<std::string>().substr(1)));
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

TEST_CASE("every endpoint is in the document, and every path of the document is an endpoint") {
  std::set<std::string> told, served;
  for (const auto& [path, methods] : document().at("paths").items())
    for (const auto& [method, operation] : methods.items())
      told.insert(method + " " + path + " " + operation.at("operationId").get<std::string>());
  for (const Endpoint& endpoint : api_endpoints())
    served.insert(lower(std::string(endpoint.method)) + " " + std::string(endpoint.pattern) + " " +
                  std::string(endpoint.operation_id));
  CHECK(told == served);
}

TEST_CASE("parameters, bodies and security are the same in both") {
  for (const Endpoint& endpoint : api_endpoints()) {
    CAPTURE(std::string(endpoint.operation_id));
    const Json& operation =
        document().at("paths").at(std::string(endpoint.pattern)).at(lower(std::string(endpoint.method)));
    std::set<std::string> told;
    const Json parameters = operation.value("parameters", Json::array());
    for (const Json& parameter : parameters)
      if (const Json& p = resolved(parameter); p.at("in") == "query")
        told.insert(p.at("name").get<std::string>() + (p.value("style", "") == "deepObject" ? "[]" : ""));
    CHECK(told == std::set<std::string>(endpoint.parameters.begin(), endpoint.parameters.end()));

    const Json content =
        operation.contains("requestBody") ? operation.at("requestBody").at("content") : Json::object();
    const bool records = endpoint.body == BodyKind::json_or_records;
    CHECK(content.contains("application/json") == (endpoint.body == BodyKind::json || records));
    CHECK(content.contains(records_media_type) == records);
    CHECK(resolved(operation.at("responses").at("200")).at("content").contains(records_media_type) ==
          records);
    CHECK(content.contains("application/x-www-form-urlencoded") == (endpoint.body == BodyKind::form));

    const bool needs_bearer = !operation.contains("security");  // the document's default
    CHECK(needs_bearer == (endpoint.scope != 0));
    for (const auto& [status, response] : operation.at("responses").items()) {
      const Json& content_of = resolved(response).value("content", Json::object());
      const bool problem = status.front() != '2';
      CHECK_MESSAGE(content_of.contains("application/problem+json") == problem, status);
    }
    CHECK(operation.at("responses").contains("504") == (endpoint.call == CallKind::command));
  }
}

TEST_CASE("every status that a call can have is told") {
  std::set<std::string> told_anywhere;
  for (const Endpoint& endpoint : api_endpoints()) {
    const Json& operation =
        document().at("paths").at(std::string(endpoint.pattern)).at(lower(std::string(endpoint.method)));
    std::set<std::string> expected{"200", "400", "408", "414", "417", "431", "500", "503"};
    if (endpoint.scope != 0) expected.insert({"401", "403", "429"});
    if (endpoint.body != BodyKind::none) expected.insert({"413", "415"});
    if (endpoint.call == CallKind::command) expected.insert({"409", "422", "504"});
    if (endpoint.pattern.find('{') != std::string_view::npos) expected.insert("404");
    for (const auto& [status, response] : operation.at("responses").items()) {
      expected.erase(status);
      told_anywhere.insert(status);
    }
    CHECK_MESSAGE(expected.empty(), endpoint.operation_id, " does not tell ", expected.size(), " statuses");
  }
  // 405 is the answer to a method that the document does not have.
  for (const ProblemKind& what : problem_catalogue())
    CHECK_MESSAGE((what.status == 405 || told_anywhere.contains(std::to_string(what.status))), what.status);
}

TEST_CASE("the flags of the document are those of the program") {
  const auto names = [](const char* schema) {
    std::set<std::string> out;
    for (const Json& name : document().at("components").at("schemas").at(schema).at("items").at("enum"))
      out.insert(name.get<std::string>());
    return out;
  };
  std::set<std::string> account, transfer;
  for (const auto& flag : florin::gateway::json::account_flag_names) account.insert(std::string(flag.name));
  for (const auto& flag : florin::gateway::json::transfer_flag_names) transfer.insert(std::string(flag.name));
  CHECK(names("AccountFlags") == account);
  CHECK(names("TransferFlags") == transfer);
  CHECK(document().at("components").at("schemas").at("TransactionFlags").at("items").at("enum") ==
        Json::array({florin::gateway::json::transaction_flag_names[0].name}));
}
