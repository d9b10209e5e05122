// The one table of settings, and the readers of the values that are neither a number nor a path.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "deploy/florin/settings.hpp"
#include "engine/journal/kafka_topics.hpp"
#include "engine/keyring/key_wrap.hpp"

namespace florin {
namespace {

constexpr std::size_t behind_proxy_max = 16;  // networks that may be named
constexpr std::size_t brokers_max = 16;       // of Kafka that may be named
constexpr std::size_t projectors_max = 64;    // that a gateway may be told of
constexpr std::size_t kafka_user_bytes_max = 256;

template <class Int>
bool parse_digits(std::string_view text, Int max, Int& value) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value <= max;
}

// Puts the address into `bytes`, network order, and gives its bits: 32, 128, or 0 when it is no address.
unsigned parse_address(const std::string& text, std::array<std::uint8_t, 16>& bytes) {
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return 32;
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return 128;
  return 0;
}

// HOST:PORT with an IPv4 address or localhost, or [HOST]:PORT with an IPv6 address.
bool set_listen(Settings& settings, std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string host(text.substr(0, colon));
  std::uint32_t port = 0;
  if (!parse_digits<std::uint32_t>(text.substr(colon + 1), 65535, port)) return false;
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost" && !bracketed) host = "127.0.0.1";
  std::array<std::uint8_t, 16> bytes{};
  if (parse_address(host, bytes) != (bracketed ? 128u : 32u)) return false;
  settings.listen = {std::move(host), static_cast<std::uint16_t>(port)};
  return true;
}

// ADDRESS/BITS with at least one bit and no bit set behind them, so that no one trusts more than is written.
bool is_network(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  std::array<std::uint8_t, 16> bytes{};
  const unsigned bits_max = parse_address(std::string(text.substr(0, slash)), bytes);
  unsigned bits = 0;
  if (bits_max == 0 || !parse_digits<unsigned>(text.substr(slash + 1), bits_max, bits) || bits == 0)
    return false;
  for (unsigned bit = bits; bit < bits_max; ++bit)
    if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return false;
  return true;
}

bool set_behind_proxy(Settings& settings, std::string_view text) {
  settings.behind_proxy.clear();
  if (text.empty()) return true;
  while (true) {
    const auto comma = text.find(',');
    const std::string_view network = text.substr(0, comma);
    if (!is_network(network) || settings.behind_proxy.size() == behind_proxy_max) return false;
    settings.behind_proxy.emplace_back(network);
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

bool set_log_level(Settings& settings, std::string_view text) {
  const auto level = log::parse_level(text);
  if (level) settings.log_level = *level;
  return level.has_value();
}

template <std::optional<SecretKey> Settings::*member>
bool set_kek(Settings& settings, std::string_view text) {
  (settings.*member).reset();
  if (text.empty()) return true;
  auto key = parse_kek(text);
  if (key) (settings.*member).emplace(std::move(*key));
  return key.has_value();
}

template <std::string Settings::*member>
bool set_secret(Settings& settings, std::string_view text) {
  settings.*member = text;
  return text.size() <= client_secret_bytes_max;
}

bool is_host(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != ',' && c != '/' && c != '=';
  });
}

bool is_host_and_port(std::string_view text) {
  const auto colon = text.rfind(':');
  std::uint32_t port = 0;
  return colon != std::string_view::npos && is_host(text.substr(0, colon)) &&
         parse_digits<std::uint32_t>(text.substr(colon + 1), 65535, port) && port != 0;
}

// Hosts with commas between, none when the text is empty.
std::optional<std::vector<std::string>> parse_hosts(std::string_view text, std::size_t hosts_max) {
  std::vector<std::string> hosts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view host = text.substr(0, comma);
    if (!is_host_and_port(host) || hosts.size() == hosts_max) return std::nullopt;
    hosts.emplace_back(host);
    if (comma == std::string_view::npos) return hosts;
    text.remove_prefix(comma + 1);
    if (text.empty()) return std::nullopt;
  }
  return hosts;
}

bool set_kafka_brokers(Settings& settings, std::string_view text) {
  settings.kafka_brokers = text;
  return parse_hosts(text, brokers_max).has_value();
}

bool set_projectors(Settings& settings, std::string_view text) {
  auto hosts = parse_hosts(text, projectors_max);
  if (hosts) settings.projectors = *std::move(hosts);
  return hosts.has_value();
}

bool set_partitions(Settings& settings, std::string_view text) {
  settings.partitions.clear();
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::uint32_t number = 0;
    if (!parse_digits<std::uint32_t>(text.substr(0, comma), partitions_max - 1, number)) return false;
    settings.partitions.push_back(number);
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
    if (text.empty()) return false;
  }
  return true;
}

bool set_journal(Settings& settings, std::string_view text) {
  settings.journal = text == "kafka" ? JournalKind::kafka : JournalKind::embedded;
  return text == "kafka" || text == "embedded";
}

bool set_kafka_user(Settings& settings, std::string_view text) {
  settings.kafka_user = text;
  return text.size() <= kafka_user_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool set_topic_prefix(Settings& settings, std::string_view text) {
  settings.topic_prefix = text;
  return is_topic_prefix(text);
}

// DATA comes first: the defaults of other rows stand in it.
constexpr std::array<SettingRow, 32> table{{
    {"data", "FOLDER", "florin-data", PathSetting{&Settings::data},
     "Where everything is kept. Made when missing."},
    {"listen", "HOST:PORT", "127.0.0.1:8000",
     OtherSetting{"an address and a port, such as 127.0.0.1:8000 or [::1]:8000", set_listen},
     "Where the API is served. An address that others can reach needs tls-cert and tls-key, or "
     "behind-proxy."},
    {"tls-cert", "FILE", "", PathSetting{&Settings::tls_cert}, "Certificate chain (PEM)."},
    {"tls-key", "FILE", "", PathSetting{&Settings::tls_key}, "Private key of the certificate (PEM)."},
    {"behind-proxy", "CIDR[,CIDR]", "",
     OtherSetting{
         "up to 16 networks as ADDRESS/BITS with no bit set behind BITS, such as 10.0.0.0/8,fd00::/8",
         set_behind_proxy},
     "Networks of the proxies in front of us that end TLS; nobody else may connect."},
    {"log-level", "LEVEL", "info", OtherSetting{"debug, info, warn, error or off", set_log_level},
     "The least important lines of the log that are written."},
    {"kek", "BASE64", "", OtherSetting{"the base64 of 32 bytes", set_kek<&Settings::kek>},
     "Key-encryption key, which opens the keyring. When it is not set, the keyring keeps one of its own.",
     true},
    {"kek-before", "BASE64", "", OtherSetting{"the base64 of 32 bytes", set_kek<&Settings::kek_before>},
     "Key-encryption key that a new FLORIN_KEK takes the place of, until `florin keys rotate --kek`.", true},
    {"client-secret", "SECRET", "", OtherSetting{"up to 1,024 bytes", set_secret<&Settings::client_secret>},
     "Secret of the API client that `florin import` calls with.", true},
    {"keyring", "FOLDER", "DATA/keys", PathSetting{&Settings::keyring}, "Where the wrapped keys are kept."},
    {"journal-path", "FOLDER", "DATA/journal", PathSetting{&Settings::journal_path},
     "Where the journal is kept."},
    {"admin-socket", "FILE", "DATA/admin.sock", PathSetting{&Settings::admin_socket},
     "Unix socket through which the admin commands reach a running server."},
    {"kafka-brokers", "HOST:PORT[,HOST:PORT]", "",
     OtherSetting{"up to 16 brokers as HOST:PORT, with commas between them", set_kafka_brokers},
     "Brokers of Apache Kafka to ask first; they name the others."},
    {"kafka-ca", "FILE", "", PathSetting{&Settings::kafka_ca},
     "Authority that has signed the brokers' certificates (PEM). With it the brokers are spoken to over "
     "TLS."},
    {"kafka-cert", "FILE", "", PathSetting{&Settings::kafka_cert},
     "Client certificate for the brokers (PEM)."},
    {"kafka-key", "FILE", "", PathSetting{&Settings::kafka_key},
     "Private key of the client certificate (PEM)."},
    {"kafka-user", "NAME", "", OtherSetting{"up to 256 ASCII characters that are seen", set_kafka_user},
     "User that the brokers know by a password, which is in FLORIN_KAFKA_PASSWORD (SASL/PLAIN, over TLS "
     "alone)."},
    {"kafka-password", "SECRET", "", OtherSetting{"up to 1,024 bytes", set_secret<&Settings::kafka_password>},
     "Password of kafka-user.", true},
    {"journal", "KIND", "embedded", OtherSetting{"embedded or kafka", set_journal},
     "Where `florin serve` keeps the journal: in the data folder, or on Apache Kafka."},
    {"node", "N", "1", NumberSetting{&Settings::node, 1, node_max},
     "Number of this process among the gateways, or among the engines, on one Kafka; engines take over in "
     "its order."},
    {"engines", "N", "2", NumberSetting{&Settings::engines, 1, node_max},
     "How many engines share the partitions of one Kafka: each publishes some, and stands by for the "
     "others."},
    {"partitions", "N[,N]", "",
     OtherSetting{"numbers of partitions, with commas between them", set_partitions},
     "Which partitions an engine or a projector has; all of them when it is not set."},
    {"projectors", "HOST:PORT[,HOST:PORT]", "",
     OtherSetting{"up to 64 addresses as HOST:PORT, with commas between them", set_projectors},
     "Where `florin gateway` asks for what is read: the addresses that projectors listen on."},
    {"topic-prefix", "PREFIX", "florin",
     OtherSetting{"1 to 200 letters, digits, dots, hyphens and underscores", set_topic_prefix},
     "What the names of the topics begin with."},
    {"rate-limit-per-minute", "N", "6000000",
     NumberSetting{&Settings::rate_limit_per_minute, 1, 1'000'000'000},
     "Calls that one client may make in a minute."},
    {"max-connections", "N", "4096", NumberSetting{&Settings::max_connections, 1, 65'536},
     "Connections that may be open at once."},
    {"deadline-ms", "MS", "5000", NumberSetting{&Settings::deadline_ms, 100, 60'000},
     "A call is answered by then, whatever came of it."},
    {"idle-timeout-ms", "MS", "60000", NumberSetting{&Settings::idle_timeout_ms, 1'000, 3'600'000},
     "A connection without a call is closed after this."},
    {"drain-ms", "MS", "10000", NumberSetting{&Settings::drain_ms, 0, 600'000},
     "When told to stop, calls in flight have this long to end."},
    {"segment-mib", "MIB", "256", NumberSetting{&Settings::segment_mib, 1, 4'096},
     "A file of the journal is closed, and a new one begun, at this size."},
    {"disk-reserve-mib", "MIB", "512", NumberSetting{&Settings::disk_reserve_mib, 0, 1'000'000'000},
     "With less free space than this, commands are refused and queries go on."},
    {"memtable-mib", "MIB", "16", NumberSetting{&Settings::memtable_mib, 8, 1'024},
     "Memory that each RocksDB fills before it writes a file."},
}};

}  // namespace

std::span<const SettingRow> settings_table() { return table; }

}  // namespace florin
