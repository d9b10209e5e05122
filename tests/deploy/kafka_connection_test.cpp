#include "deploy/florin/kafka_connection.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>

#include "tests/support/temporary_folder.hpp"

namespace florin {
namespace {

class Files {
 public:
  Files() {
    for (const char* name : {"ca", "cert", "key"}) {
      std::ofstream(path(name)) << "PEM";
      REQUIRE(::chmod(path(name).c_str(), 0600) == 0);
    }
  }
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  // With the variables of that name; a value of "file" stands for the path of the setting's file.
  Settings settings(const std::map<std::string, std::string>& given) const {
    SettingInputs inputs;
    inputs.environment = {{"FLORIN_KAFKA_BROKERS", "one.example:9093"}};
    for (const auto& [name, value] : given) {
      std::string file = name;
      for (char& c : file) c = static_cast<char>(c - 'A' + 'a');
      inputs.environment.push_back({"FLORIN_KAFKA_" + name, value == "file" ? path(file).string() : value});
    }
    auto loaded = load_settings(inputs);
    REQUIRE_MESSAGE(loaded, (loaded ? "" : loaded.error().message));
    return std::move(loaded->values);
  }

 private:
  test::TemporaryFolder folder_{};
};

const std::map<std::string, std::string> everything{
    {"CA", "file"}, {"CERT", "file"}, {"KEY", "file"}, {"USER", "florin"}, {"PASSWORD", "open sesame"}};

std::map<std::string, std::string> security(const Settings& settings) {
  const auto connection = kafka_connection(settings);
  REQUIRE_MESSAGE(connection, (connection ? "" : connection.error().message));
  CHECK(connection->brokers == "one.example:9093");
  return {connection->security.begin(), connection->security.end()};
}

Error error_of(const Settings& settings) {
  const auto connection = kafka_connection(settings);
  REQUIRE(!connection);
  CHECK(connection.error().message.find("open sesame") == std::string::npos);
  return connection.error();
}

std::map<std::string, std::string> without(const std::string& name) {
  auto rest = everything;
  rest.erase(name);
  return rest;
}

}  // namespace

TEST_CASE(
    "given brokers alone, then the connection is in plain text; given a CA too, then TLS with host names") {
  const Files files;
  CHECK(security(files.settings({})).empty());
  const auto tls = security(files.settings({{"CA", "file"}}));
  CHECK(tls.at("security.protocol") == "SSL");
  CHECK(tls.at("ssl.ca.location") == files.path("ca"));
  CHECK(tls.at("ssl.endpoint.identification.algorithm") == "https");
  CHECK(tls.size() == 3);
}

TEST_CASE("given certificate, user and password, then the client gets all of them") {
  const Files files;
  const auto all = security(files.settings(everything));
  CHECK(all.at("security.protocol") == "SASL_SSL");
  CHECK(all.at("ssl.certificate.location") == files.path("cert"));
  CHECK(all.at("ssl.key.location") == files.path("key"));
  CHECK(all.at("sasl.mechanism") == "PLAIN");
  CHECK(all.at("sasl.username") == "florin");
  CHECK(all.at("sasl.password") == "open sesame");
  const auto certificate = security(files.settings({{"CA", "file"}, {"CERT", "file"}, {"KEY", "file"}}));
  CHECK(certificate.at("security.protocol") == "SSL");
  CHECK(!certificate.contains("sasl.mechanism"));
}

TEST_CASE("given settings that do not belong together, then the missing one is named") {
  const Files files;
  const auto missing = [&](const std::map<std::string, std::string>& given, const std::string& setting) {
    const Error error = error_of(files.settings(given));
    CHECK(error.code == Errc::invalid_argument);
    CHECK_MESSAGE(error.message.starts_with("setting " + setting + " is missing"), error.message);
  };
  missing(without("CA"), "kafka-ca");
  missing({{"USER", "florin"}, {"PASSWORD", "open sesame"}}, "kafka-ca");
  missing({{"CERT", "file"}, {"KEY", "file"}}, "kafka-ca");
  missing(without("CERT"), "kafka-cert");
  missing(without("KEY"), "kafka-key");
  missing(without("USER"), "kafka-user");
  missing(without("PASSWORD"), "kafka-password");
  Settings nobody = files.settings(everything);
  nobody.kafka_brokers.clear();
  CHECK(error_of(nobody).message.find("--kafka-brokers") != std::string::npos);
}

TEST_CASE("given a key that others may read, or a file that is not there, then its setting is named") {
  const Files files;
  REQUIRE(::chmod(files.path("key").c_str(), 0640) == 0);
  const Error open = error_of(files.settings(everything));
  CHECK(open.code == Errc::permission);
  CHECK(open.message.find("kafka-key") != std::string::npos);
  CHECK(open.message.find("chmod 600") != std::string::npos);
  for (const auto& [variable, setting] :
       {std::pair("CA", "kafka-ca"), std::pair("CERT", "kafka-cert"), std::pair("KEY", "kafka-key")}) {
    auto given = everything;
    given[variable] = files.path("nothing").string();
    REQUIRE(::chmod(files.path("key").c_str(), 0600) == 0);
    const Error gone = error_of(files.settings(given));
    CHECK(gone.code == Errc::not_found);
    CHECK_MESSAGE(gone.message.find(setting) != std::string::npos, gone.message);
  }
}

TEST_CASE("given the password, then no setting shows it and no flag takes it") {
  SettingInputs inputs;
  inputs.environment = {{"FLORIN_KAFKA_PASSWORD", "open sesame"}};
  const auto loaded = load_settings(inputs);
  REQUIRE(loaded);
  for (const ShownSetting& row : loaded->shown) CHECK(row.value != "open sesame");
  inputs.flags = {{"kafka-password", "open sesame"}};
  CHECK(!load_settings(inputs));
  for (const std::string_view name : with_kafka_settings({"data"})) CHECK(name != "kafka-password");
}

}  // namespace florin
