// The settings of Florin: one table, and how values from flags, the environment, .env and defaults become one
// set, in that order of strength. Everything here is pure but read_dotenv; the reading of argv and environ is
// in cli.hpp.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "deploy/florin/dotenv.hpp"
#include "engine/base/result.hpp"
#include "engine/base/secret.hpp"
#include "engine/telemetry/log.hpp"

namespace florin {

struct ListenAddress {
  std::string host;  // an IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;
  bool loopback() const;
};

enum class JournalKind : std::uint8_t { embedded, kafka };

struct Settings {
  JournalKind journal = JournalKind::embedded;
  std::uint64_t node = 1;                   // among the processes that append or decide
  std::uint64_t engines = 2;                // that share the partitions
  std::vector<std::uint32_t> partitions{};  // of an engine or a projector; none: all
  std::vector<std::string> projectors{};    // of a gateway: HOST:PORT each
  std::filesystem::path data, keyring, journal_path, admin_socket;
  ListenAddress listen;
  std::filesystem::path tls_cert, tls_key;  // both or none
  std::vector<std::string> behind_proxy;    // networks as ADDRESS/BITS, host bits zero
  log::Level log_level = log::Level::info;
  std::optional<SecretKey> kek, kek_before;
  std::string kafka_brokers;  // HOST:PORT,HOST:PORT
  std::filesystem::path kafka_ca, kafka_cert, kafka_key;
  std::string kafka_user, kafka_password;
  std::string topic_prefix;   // what the topics' names begin with
  std::string client_secret;  // of `florin import`
  std::uint64_t rate_limit_per_minute = 0, max_connections = 0;
  std::uint64_t deadline_ms = 0, idle_timeout_ms = 0, drain_ms = 0;
  std::uint64_t segment_mib = 0, memtable_mib = 0, disk_reserve_mib = 0;
};

inline constexpr std::size_t client_secret_bytes_max = 1024;
inline constexpr std::uint32_t partitions_max = 1024;  // of one journal
inline constexpr std::uint64_t node_max = 500;         // a partition knows up to 1,024 appenders

// A row's kind says what text is allowed and where the value goes.
struct NumberSetting {
  std::uint64_t Settings::*member;
  std::uint64_t min, max;
};
struct PathSetting {
  std::filesystem::path Settings::*member;
};
struct OtherSetting {
  std::string_view allowed;                                // completes "it must be ..."
  bool (*set)(Settings& settings, std::string_view text);  // false when the text is not allowed
};

struct SettingRow {
  std::string_view name;         // of the flag; the variable is FLORIN_ and this in capitals with underscores
  std::string_view placeholder;  // for help: FOLDER, MS, ...
  std::string_view fallback;  // the default; DATA/ at its start stands for the data folder; empty = not set
  std::variant<NumberSetting, PathSetting, OtherSetting> kind;
  std::string_view help;
  bool secret =
      false;  // has no flag, since every user of a machine sees the flags of all programs; is never printed
};

std::span<const SettingRow> settings_table();
std::string variable_name(const SettingRow& row);  // "FLORIN_LOG_LEVEL"
std::string allowed_values(const SettingRow& row);

enum class SettingSource : std::uint8_t { fallback, dotenv, environment, flag };
std::string_view name(SettingSource source);

struct SettingInput {
  std::string key;  // "log-level" for a flag, "FLORIN_LOG_LEVEL" for the others
  std::string value;
};
struct SettingInputs {
  std::vector<SettingInput> flags;
  std::vector<SettingInput> environment;  // all of it; what does not start with FLORIN_ is not looked at
  std::vector<DotenvEntry> dotenv;
};

struct ShownSetting {
  std::string_view name;
  std::string value;  // **** for a secret that is set
  SettingSource source = SettingSource::fallback;
};
struct LoadedSettings {
  Settings values;
  std::vector<ShownSetting> shown;  // one for each row, in order
};

// Errc::invalid_argument names the setting, where it came from and what is allowed, never the value of a
// secret.
Result<LoadedSettings> load_settings(const SettingInputs& inputs);

// What `serve` needs beyond each value being right by itself: TLS or a proxy in front when others can reach
// us.
Result<void> check_for_serve(const Settings& settings);

// The entries of the file, or none when there is no such file. Errc::permission when it holds a secret and
// others may read it; io; invalid_argument.
Result<std::vector<DotenvEntry>> read_dotenv(const std::filesystem::path& path);

void print_settings(std::ostream& out, const LoadedSettings& settings);  // for `florin config`

}  // namespace florin
