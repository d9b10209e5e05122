#include "engine/kafka/client_settings.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "engine/kafka/client.hpp"

namespace florin::kafka {
namespace {

std::string page() {
  const std::ifstream file(FLORIN_SOURCE "/docs/guides/kafka.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_CASE("given the table of settings, then the guide has the same rows") {
  const std::string text = page();
  std::string rows;
  for (const ClientSetting& setting : client_settings())
    rows += "| `" + std::string(setting.name) + "` | `" + std::string(setting.value) + "` | " +
            std::string(setting.reason) + " |\n";
  CHECK_MESSAGE(text.find(rows) != std::string::npos, "docs/guides/kafka.md needs these rows:\n" << rows);
}

TEST_CASE("given the table of settings, then the client takes all of them, and names one that it does not") {
  for (const Role role : {Role::producer, Role::reader, Role::admin}) {
    const auto conf = make_conf({.brokers = "127.0.0.1:1"}, role);
    CHECK_MESSAGE(conf, (conf ? "" : conf.error().message));
  }
  const auto refused =
      make_conf({.brokers = "127.0.0.1:1", .security = {{"sasl.mechanism.of.ours", "x"}}}, Role::reader);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::invalid_argument);
  CHECK(refused.error().message.find("sasl.mechanism.of.ours") != std::string::npos);
}

}  // namespace
}  // namespace florin::kafka
