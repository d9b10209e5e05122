#include "deploy/florin/kafka_connection.hpp"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include "engine/keyring/private_file.hpp"

namespace florin {
namespace {

constexpr std::size_t key_file_bytes_max = 64u << 10;

tl::unexpected<Error> missing(std::string_view setting, std::string_view why) {
  return fail(Errc::invalid_argument, "setting " + std::string(setting) + " is missing: " + std::string(why));
}

Result<void> check_together(const Settings& settings) {
  if (settings.kafka_brokers.empty())
    return missing("kafka-brokers",
                   "which brokers? give them as --kafka-brokers HOST:PORT or in FLORIN_KAFKA_BROKERS");
  const bool cert = !settings.kafka_cert.empty(), key = !settings.kafka_key.empty();
  if (cert != key)
    return missing(cert ? "kafka-key" : "kafka-cert",
                   "kafka-cert and kafka-key belong together; set both or none");
  const bool user = !settings.kafka_user.empty(), password = !settings.kafka_password.empty();
  if (user && !password) return missing("kafka-password", "set FLORIN_KAFKA_PASSWORD, or no kafka-user");
  if (password && !user)
    return missing("kafka-user", "it belongs to FLORIN_KAFKA_PASSWORD; set both or none");
  if (settings.kafka_ca.empty() && (user || cert))
    return missing("kafka-ca", std::string(user ? "a password" : "a client certificate") +
                                   " is for brokers that are spoken to over TLS alone; name the authority "
                                   "that has signed their certificates");
  return {};
}

Result<void> check_readable(std::string_view setting, const std::filesystem::path& file) {
  const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() >= 0) return {};
  return fail(errno == ENOENT   ? Errc::not_found
              : errno == EACCES ? Errc::permission
                                : Errc::io,
              "setting " + std::string(setting) + ": " + file.string() +
                  " cannot be opened: " + std::generic_category().message(errno));
}

Result<void> check_key(const std::filesystem::path& file) {
  const auto key = read_private_file(file, key_file_bytes_max);
  if (!key) return fail(key.error().code, "setting kafka-key: " + key.error().message);
  return {};
}

}  // namespace

std::vector<std::string_view> with_kafka_settings(std::vector<std::string_view> others) {
  others.insert(others.begin(), {"kafka-brokers", "kafka-ca", "kafka-cert", "kafka-key", "kafka-user"});
  return others;
}

Result<kafka::Connection> kafka_connection(const Settings& settings) {
  FLORIN_TRY(check_together(settings));
  kafka::Connection connection{.brokers = settings.kafka_brokers};
  if (settings.kafka_ca.empty()) return connection;
  auto& security = connection.security;
  FLORIN_TRY(check_readable("kafka-ca", settings.kafka_ca));
  security = {{"security.protocol", settings.kafka_user.empty() ? "SSL" : "SASL_SSL"},
              {"ssl.ca.location", settings.kafka_ca.string()},
              {"ssl.endpoint.identification.algorithm", "https"}};
  if (!settings.kafka_cert.empty()) {
    FLORIN_TRY(check_readable("kafka-cert", settings.kafka_cert));
    FLORIN_TRY(check_key(settings.kafka_key));
    security.emplace_back("ssl.certificate.location", settings.kafka_cert.string());
    security.emplace_back("ssl.key.location", settings.kafka_key.string());
  }
  if (!settings.kafka_user.empty()) {
    security.emplace_back("sasl.mechanism", "PLAIN");
    security.emplace_back("sasl.username", settings.kafka_user);
    security.emplace_back("sasl.password", settings.kafka_password);
  }
  return connection;
}

}  // namespace florin
