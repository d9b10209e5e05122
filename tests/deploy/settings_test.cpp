#include "deploy/florin/settings.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/base/hex.hpp"

namespace florin {
namespace {

const std::string kek_text = to_base64(Bytes(32, 0x5A));

Result<LoadedSettings> load_environment(std::vector<SettingInput> environment) {
  return load_settings({{}, std::move(environment), {}});
}

std::string error_of(const SettingInputs& inputs) {
  auto loaded = load_settings(inputs);
  REQUIRE(!loaded);
  CHECK(loaded.error().code == Errc::invalid_argument);
  return loaded.error().message;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

const ShownSetting& shown(const LoadedSettings& loaded, std::string_view name) {
  return *std::find_if(loaded.shown.begin(), loaded.shown.end(),
                       [&](const auto& row) { return row.name == name; });
}

struct TemporaryFolder {
  std::filesystem::path path;
  TemporaryFolder() {
    char name[] = "/tmp/florin_settings_XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("given nothing, the defaults hold and are right by themselves") {
  auto loaded = load_settings({});
  REQUIRE(loaded);
  const Settings& s = loaded->values;
  CHECK(s.data == "florin-data");
  CHECK(s.keyring == "florin-data/keys");
  CHECK(s.journal_path == "florin-data/journal");
  CHECK(s.admin_socket == "florin-data/admin.sock");
  CHECK(s.listen.host == "127.0.0.1");
  CHECK(s.listen.port == 8000);
  CHECK(s.log_level == log::Level::info);
  CHECK(!s.kek);
  CHECK(s.behind_proxy.empty());
  CHECK(s.rate_limit_per_minute == 6'000'000);
  CHECK(s.deadline_ms == 5000);
  CHECK(check_for_serve(s));
  for (const auto& row : loaded->shown) CHECK(row.source == SettingSource::fallback);
}

TEST_CASE("a flag beats the environment, the environment beats .env, .env beats the default") {
  SettingInputs inputs;
  inputs.dotenv = {
      {"FLORIN_DATA", "/dotenv", 1}, {"FLORIN_DEADLINE_MS", "1001", 2}, {"FLORIN_DRAIN_MS", "3", 3}};
  inputs.environment = {{"FLORIN_DATA", "/environment"}, {"FLORIN_DEADLINE_MS", "1002"}, {"PATH", "/bin"}};
  inputs.flags = {{"data", "/flag"}};
  auto loaded = load_settings(inputs);
  REQUIRE(loaded);
  CHECK(loaded->values.data == "/flag");
  CHECK(loaded->values.deadline_ms == 1002);
  CHECK(loaded->values.drain_ms == 3);
  CHECK(shown(*loaded, "data").source == SettingSource::flag);
  CHECK(shown(*loaded, "deadline-ms").source == SettingSource::environment);
  CHECK(shown(*loaded, "drain-ms").source == SettingSource::dotenv);
  CHECK(shown(*loaded, "listen").source == SettingSource::fallback);
}

TEST_CASE("paths in the data folder follow it unless they are set") {
  auto loaded = load_environment({{"FLORIN_DATA", "/srv"}, {"FLORIN_KEYRING", "DATA/elsewhere"}});
  REQUIRE(loaded);
  CHECK(loaded->values.journal_path == "/srv/journal");
  CHECK(loaded->values.keyring == "DATA/elsewhere");
  CHECK(shown(*loaded, "journal-path").value == "/srv/journal");
}

TEST_CASE("an unknown name is an error that says where it stands") {
  CHECK(contains(error_of({{}, {{"FLORIN_DAAT", "x"}}, {}}), "FLORIN_DAAT in the environment"));
  CHECK(contains(error_of({{}, {{"FLORIN_", "x"}}, {}}), "FLORIN_ in the environment"));
  CHECK(contains(error_of({{}, {}, {{"FLORIN_DAAT", "x", 7}}}), "FLORIN_DAAT in line 7 of .env"));
  CHECK(contains(error_of({{}, {}, {{"PATH", "x", 2}}}), "PATH in line 2 of .env"));
  CHECK(contains(error_of({{{"daat", "x"}}, {}, {}}), "--daat in the command line"));
  CHECK(load_environment({{"florin_data", "x"}, {"XFLORIN_DATA", "x"}}));
}

TEST_CASE("brokers and the prefix of topics are taken, or refused with what is allowed") {
  const std::string most = "a:1,a:2,a:3,a:4,a:5,a:6,a:7,a:8,a:9,a:10,a:11,a:12,a:13,a:14,a:15,a:16";
  for (const std::string& brokers :
       {std::string("127.0.0.1:9092"), std::string("one:1,two.example:65535"), most}) {
    auto loaded = load_environment({{"FLORIN_KAFKA_BROKERS", brokers}});
    REQUIRE_MESSAGE(loaded, brokers);
    CHECK(loaded->values.kafka_brokers == brokers);
  }
  CHECK(load_environment({})->values.kafka_brokers.empty());
  for (const std::string& brokers :
       {std::string("one"), std::string("one:0"), std::string("one:65536"), std::string("one:1,"),
        std::string(":1"), std::string("one:1,,two:2"), std::string("a b:1"), most + ",a:17"})
    CHECK_MESSAGE(contains(error_of({{}, {{"FLORIN_KAFKA_BROKERS", brokers}}, {}}), "HOST:PORT"), brokers);
  CHECK(load_environment({})->values.topic_prefix == "florin");
  CHECK(load_environment({{"FLORIN_TOPIC_PREFIX", "bank-1_x.y"}})->values.topic_prefix == "bank-1_x.y");
  for (const std::string& prefix : {std::string("a b"), std::string("\xc3\xa4"), std::string(201, 'a')})
    CHECK_MESSAGE(contains(error_of({{}, {{"FLORIN_TOPIC_PREFIX", prefix}}, {}}), "letters"), prefix);
}

TEST_CASE("every number is taken at its bounds and refused beside them, with name, place and range") {
  for (const SettingRow& row : settings_table()) {
    const auto* number = std::get_if<NumberSetting>(&row.kind);
    if (number == nullptr) continue;
    CAPTURE(row.name);
    for (std::uint64_t value : {number->min, number->max}) {
      auto loaded = load_environment({{variable_name(row), std::to_string(value)}});
      REQUIRE(loaded);
      CHECK(loaded->values.*number->member == value);
    }
    std::vector<std::string> bad{std::to_string(number->max + 1),
                                 "",
                                 "-1",
                                 "+1",
                                 "1.0",
                                 "1e3",
                                 " 1",
                                 "1 ",
                                 "0x10",
                                 "ten",
                                 "0" + std::to_string(number->min),
                                 "18446744073709551616"};
    if (number->min > 0) bad.push_back(std::to_string(number->min - 1));
    for (const std::string& text : bad) {
      CAPTURE(text);
      const std::string message = error_of({{}, {{variable_name(row), text}}, {}});
      CHECK(contains(message, "setting " + std::string(row.name) + ": "));
      CHECK(contains(message, variable_name(row) + " in the environment"));
      CHECK(contains(message, "from " + std::to_string(number->min) + " to " + std::to_string(number->max)));
    }
  }
}

TEST_CASE("listen takes an address and a port, nothing else") {
  struct Good {
    const char *text, *host;
    std::uint16_t port;
    bool loopback;
  };
  for (const Good& good :
       {Good{"127.0.0.1:0", "127.0.0.1", 0, true}, Good{"localhost:8000", "127.0.0.1", 8000, true},
        Good{"[::1]:65535", "::1", 65535, true}, Good{"127.9.9.9:1", "127.9.9.9", 1, true},
        Good{"0.0.0.0:80", "0.0.0.0", 80, false}, Good{"[::]:80", "::", 80, false},
        Good{"192.0.2.1:443", "192.0.2.1", 443, false},
        Good{"[::ffff:127.0.0.1]:80", "::ffff:127.0.0.1", 80, false}}) {
    CAPTURE(good.text);
    auto loaded = load_environment({{"FLORIN_LISTEN", good.text}});
    REQUIRE(loaded);
    CHECK(loaded->values.listen.host == good.host);
    CHECK(loaded->values.listen.port == good.port);
    CHECK(loaded->values.listen.loopback() == good.loopback);
  }
  for (auto bad :
       {"", "8000", ":8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:08",
        "127.1:80", "127.evil.example:80", "::1:80", "[127.0.0.1]:80", "[]:80", "[::1]80", "[localhost]:80",
        "example.org:80", "*:80", "http://127.0.0.1:80", "127.0.0.1:80 "}) {
    CAPTURE(bad);
    CHECK(contains(error_of({{}, {{"FLORIN_LISTEN", bad}}, {}}), "such as 127.0.0.1:8000"));
  }
}

TEST_CASE("an address that others reach needs TLS or a proxy in front, and the error says so") {
  const auto check = [](std::vector<SettingInput> environment) {
    auto loaded = load_environment(std::move(environment));
    REQUIRE(loaded);
    auto checked = check_for_serve(loaded->values);
    return checked ? std::string() : checked.error().message;
  };
  for (auto listen : {"0.0.0.0:8000", "[::]:8000", "192.0.2.1:8000"}) {
    const std::string message = check({{"FLORIN_LISTEN", listen}});
    CHECK(contains(message, "tls-cert and tls-key"));
    CHECK(contains(message, "behind-proxy"));
    CHECK(check({{"FLORIN_LISTEN", listen}, {"FLORIN_TLS_CERT", "c"}, {"FLORIN_TLS_KEY", "k"}}).empty());
    CHECK(check({{"FLORIN_LISTEN", listen}, {"FLORIN_BEHIND_PROXY", "10.0.0.0/8"}}).empty());
  }
  CHECK(check({{"FLORIN_LISTEN", "[::1]:8000"}}).empty());
  CHECK(contains(check({{"FLORIN_TLS_CERT", "c"}}), "tls-key is missing"));
  CHECK(contains(check({{"FLORIN_TLS_KEY", "k"}}), "tls-cert is missing"));
}

TEST_CASE("networks of proxies are exact") {
  auto loaded =
      load_environment({{"FLORIN_BEHIND_PROXY", "10.0.0.0/8,192.0.2.7/32,fd00::/8,::1/128,128.0.0.0/1"}});
  REQUIRE(loaded);
  CHECK(loaded->values.behind_proxy.size() == 5);
  CHECK(loaded->values.behind_proxy[2] == "fd00::/8");
  std::string many = "10.0.0.0/8";
  for (int i = 0; i < 16; ++i) many += ",10.0.0.0/8";
  for (const std::string& bad :
       {std::string("10.0.0.1/8"), std::string("10.0.0.0"), std::string("10.0.0.0/33"),
        std::string("10.0.0.0/0"), std::string("0.0.0.0/0"), std::string("fd00::1/8"),
        std::string("10.0.0.0/8,"), std::string(",10.0.0.0/8"), std::string("10.0.0.0/8, fd00::/8"),
        std::string("proxy/8"), std::string("10.0.0.0/08"), many}) {
    CAPTURE(bad);
    CHECK(contains(error_of({{}, {{"FLORIN_BEHIND_PROXY", bad}}, {}}), "ADDRESS/BITS"));
  }
}

TEST_CASE("a path may not be empty where there is a default, and no socket path may be too long") {
  CHECK(contains(error_of({{{"data", ""}}, {}, {}}), "setting data"));
  CHECK(load_environment({{"FLORIN_TLS_CERT", ""}}));
  CHECK(load_environment({{"FLORIN_ADMIN_SOCKET", std::string(107, 'a')}}));
  CHECK(contains(error_of({{}, {{"FLORIN_ADMIN_SOCKET", std::string(108, 'a')}}, {}}), "admin-socket"));
  CHECK(contains(error_of({{}, {{"FLORIN_DATA", "/" + std::string(100, 'd')}}, {}}), "admin-socket"));
}

TEST_CASE("the key-encryption key is read, never shown, and has no flag") {
  auto loaded = load_environment({{"FLORIN_KEK", kek_text}});
  REQUIRE(loaded);
  REQUIRE(loaded->values.kek);
  CHECK(to_hex(loaded->values.kek->view()) == to_hex(Bytes(32, 0x5A)));
  std::ostringstream out;
  print_settings(out, *loaded);
  CHECK(contains(out.str(), "****"));
  CHECK(!contains(out.str(), kek_text));
  CHECK(contains(error_of({{{"kek", kek_text}}, {}, {}}), "--kek"));
  for (const std::string& bad :
       {to_base64(Bytes(31, 1)), to_base64(Bytes(33, 1)), kek_text.substr(1), kek_text + " "}) {
    const std::string message = error_of({{}, {{"FLORIN_KEK", bad}}, {}});
    CHECK(contains(message, "setting kek"));
    CHECK(contains(message, "base64 of 32 bytes"));
    CHECK(!contains(message, bad));
  }
}

TEST_CASE("what is in force is printed line by line with its source") {
  auto loaded = load_environment({{"FLORIN_LOG_LEVEL", "warn"}});
  REQUIRE(loaded);
  std::ostringstream out;
  print_settings(out, *loaded);
  std::istringstream lines(out.str());
  std::size_t count = 0;
  bool found = false;
  for (std::string line; std::getline(lines, line); ++count) {
    std::istringstream words(line);
    std::string name, value, source;
    words >> name >> value >> source;
    if (name == "log-level") found = value == "warn" && source == "environment";
  }
  CHECK(count == settings_table().size());
  CHECK(found);
}

TEST_CASE("rows are well formed: unique lower-case names, help, and a default that is allowed") {
  std::vector<std::string> names;
  for (const SettingRow& row : settings_table()) {
    CHECK(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK(row.help.ends_with('.'));
    names.push_back(variable_name(row));
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  CHECK(std::find(names.begin(), names.end(), "FLORIN_RATE_LIMIT_PER_MINUTE") != names.end());
}

TEST_CASE("a .env file is read; one with a secret must be its owner's alone") {
  const TemporaryFolder folder;
  const auto path = folder.path / ".env";
  auto none = read_dotenv(path);
  REQUIRE(none);
  CHECK(none->empty());
  const auto write = [&](const std::string& text, mode_t mode) {
    std::ofstream(path) << text;
    REQUIRE(chmod(path.c_str(), mode) == 0);
  };
  write("FLORIN_DATA=/srv\n", 0644);
  auto open = read_dotenv(path);
  REQUIRE(open);
  CHECK(open->size() == 1);
  write("FLORIN_KEK=" + kek_text + "\n", 0640);
  auto loose = read_dotenv(path);
  REQUIRE(!loose);
  CHECK(loose.error().code == Errc::permission);
  CHECK(contains(loose.error().message, "chmod 600"));
  CHECK(!contains(loose.error().message, kek_text));
  REQUIRE(chmod(path.c_str(), 0600) == 0);
  CHECK(read_dotenv(path));
  auto wrong = read_dotenv(folder.path);
  REQUIRE(!wrong);
  CHECK(wrong.error().code == Errc::io);
}

}  // namespace florin
