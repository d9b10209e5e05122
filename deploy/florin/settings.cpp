#include "deploy/florin/settings.hpp"

#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iomanip>
#include <ostream>
#include <system_error>

namespace florin {
namespace {

constexpr std::string_view variable_prefix = "FLORIN_";
constexpr std::string_view in_data = "DATA/";

// A value as it was found, before it is judged.
struct Found {
  std::string text;
  SettingSource source = SettingSource::fallback;
  std::string origin;  // how messages name the place, such as "FLORIN_DATA in the environment"
};

bool set_number(Settings& settings, const NumberSetting& kind, std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  if ((text.size() > 1 && text[0] == '0') || value < kind.min || value > kind.max) return false;
  settings.*kind.member = value;
  return true;
}

bool set_path(Settings& settings, const SettingRow& row, const PathSetting& kind, const Found& found) {
  if (found.text.empty() && !row.fallback.empty()) return false;
  const bool derived = found.source == SettingSource::fallback && row.fallback.starts_with(in_data);
  settings.*kind.member =
      derived ? settings.data / found.text.substr(in_data.size()) : std::filesystem::path(found.text);
  return true;
}

bool set_value(Settings& settings, const SettingRow& row, const Found& found) {
  if (const auto* number = std::get_if<NumberSetting>(&row.kind))
    return set_number(settings, *number, found.text);
  if (const auto* path = std::get_if<PathSetting>(&row.kind)) return set_path(settings, row, *path, found);
  return std::get<OtherSetting>(row.kind).set(settings, found.text);
}

std::string shown_value(const Settings& settings, const SettingRow& row, const Found& found) {
  if (row.secret) return found.text.empty() ? "" : "****";
  if (const auto* path = std::get_if<PathSetting>(&row.kind)) return (settings.*path->member).string();
  return found.text;
}

const SettingRow* find_by_variable(std::string_view variable) {
  const auto table = settings_table();
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const auto& r) { return variable_name(r) == variable; });
  return row == table.end() ? nullptr : &*row;
}

tl::unexpected<Error> unknown(const std::string& key, const std::string& place) {
  return fail(Errc::invalid_argument,
              key + " in " + place + " is not a setting of Florin; `florin config` lists them");
}

// Weakest first, so that a stronger place overwrites a weaker one.
Result<std::vector<Found>> collect(const SettingInputs& inputs) {
  const auto table = settings_table();
  std::vector<Found> found;
  for (const SettingRow& row : table)
    found.push_back({std::string(row.fallback), SettingSource::fallback, "the default"});
  const auto put = [&](const SettingRow* row, const std::string& value, SettingSource source,
                       std::string origin) {
    found[static_cast<std::size_t>(row - table.data())] = {value, source, std::move(origin)};
  };
  for (const DotenvEntry& entry : inputs.dotenv) {
    const SettingRow* row = find_by_variable(entry.key);
    const std::string place = "line " + std::to_string(entry.line) + " of .env";
    if (row == nullptr) return unknown(entry.key, place);
    put(row, entry.value, SettingSource::dotenv, entry.key + " in " + place);
  }
  for (const SettingInput& input : inputs.environment) {
    if (!input.key.starts_with(variable_prefix)) continue;
    const SettingRow* row = find_by_variable(input.key);
    if (row == nullptr) return unknown(input.key, "the environment");
    put(row, input.value, SettingSource::environment, input.key + " in the environment");
  }
  for (const SettingInput& input : inputs.flags) {
    const auto row =
        std::find_if(table.begin(), table.end(), [&](const auto& r) { return r.name == input.key; });
    if (row == table.end() || row->secret) return unknown("--" + input.key, "the command line");
    put(&*row, input.value, SettingSource::flag, "--" + input.key);
  }
  return found;
}

tl::unexpected<Error> not_allowed(const SettingRow& row, const Found& found) {
  const std::string value = row.secret ? std::string("its value (not shown)") : "\"" + found.text + "\"";
  return fail(Errc::invalid_argument, "setting " + std::string(row.name) + ": " + value + " from " +
                                          found.origin + " is not allowed; it must be " +
                                          allowed_values(row));
}

// A Unix socket's path has a small fixed room in the system's interface.
Result<void> check_socket_path(const Settings& settings) {
  constexpr std::size_t bytes_max = sizeof(sockaddr_un::sun_path) - 1;
  const std::string path = settings.admin_socket.string();
  if (path.size() <= bytes_max) return {};
  return fail(Errc::invalid_argument, "setting admin-socket: " + path + " is longer than " +
                                          std::to_string(bytes_max) +
                                          " bytes, which no Unix socket may be; set a shorter admin-socket");
}

}  // namespace

bool ListenAddress::loopback() const { return host == "::1" || host.starts_with("127."); }

std::string variable_name(const SettingRow& row) {
  std::string variable(variable_prefix);
  for (char c : row.name) variable += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return variable;
}

std::string allowed_values(const SettingRow& row) {
  if (const auto* number = std::get_if<NumberSetting>(&row.kind))
    return "a whole number from " + std::to_string(number->min) + " to " + std::to_string(number->max);
  if (std::holds_alternative<PathSetting>(row.kind)) return "a path";
  return std::string(std::get<OtherSetting>(row.kind).allowed);
}

std::string_view name(SettingSource source) {
  constexpr std::array<std::string_view, 4> names{"default", ".env", "environment", "flag"};
  return names[static_cast<std::size_t>(source)];
}

Result<LoadedSettings> load_settings(const SettingInputs& inputs) {
  FLORIN_TRY_ASSIGN(const std::vector<Found> found, collect(inputs));
  LoadedSettings loaded;
  const auto table = settings_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!set_value(loaded.values, table[i], found[i])) return not_allowed(table[i], found[i]);
    loaded.shown.push_back({table[i].name, shown_value(loaded.values, table[i], found[i]), found[i].source});
  }
  FLORIN_TRY(check_socket_path(loaded.values));
  return loaded;
}

Result<void> check_for_serve(const Settings& settings) {
  const bool cert = !settings.tls_cert.empty(), key = !settings.tls_key.empty();
  if (cert != key)
    return fail(Errc::invalid_argument,
                std::string("setting ") + (cert ? "tls-key" : "tls-cert") +
                    " is missing: " + "tls-cert and tls-key belong together; set both or none");
  if (settings.listen.loopback() || cert || !settings.behind_proxy.empty()) return {};
  return fail(Errc::invalid_argument, "setting listen: " + settings.listen.host +
                                          " can be reached by others, so the API must not be served "
                                          "there in plain text; set tls-cert and tls-key, or behind-proxy "
                                          "when a proxy in front ends TLS, or listen "
                                          "on 127.0.0.1");
}

Result<std::vector<DotenvEntry>> read_dotenv(const std::filesystem::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::vector<DotenvEntry>{};
    return fail(Errc::io, path.string() + " cannot be read: " + std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) return fail(Errc::io, path.string() + " is not a file");
  std::ifstream file(path, std::ios::binary);
  std::string text(dotenv_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad())
    return fail(Errc::io, path.string() + " cannot be read; check its owner and mode");
  text.resize(static_cast<std::size_t>(file.gcount()));
  FLORIN_TRY_ASSIGN(auto entries, parse_dotenv(text));
  const bool secret = std::any_of(entries.begin(), entries.end(), [](const DotenvEntry& entry) {
    const SettingRow* row = find_by_variable(entry.key);
    return row != nullptr && row->secret && !entry.value.empty();
  });
  if (secret && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(Errc::permission,
                path.string() + " holds a secret and others may read it; run: chmod 600 " + path.string());
  return entries;
}

void print_settings(std::ostream& out, const LoadedSettings& settings) {
  std::size_t name_width = 0, value_width = 0;
  for (const ShownSetting& row : settings.shown) {
    name_width = std::max(name_width, row.name.size());
    value_width = std::max(value_width, row.value.size());
  }
  out << std::left;
  for (const ShownSetting& row : settings.shown)
    out << std::setw(static_cast<int>(name_width + 2)) << row.name
        << std::setw(static_cast<int>(value_width + 2)) << row.value << name(row.source) << '\n';
}

}  // namespace florin
