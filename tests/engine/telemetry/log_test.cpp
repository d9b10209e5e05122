#include "engine/telemetry/log.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <thread>
#include <vector>

#include "engine/telemetry/json_text.hpp"

namespace florin {
namespace {

std::string json(std::string_view text, std::size_t bytes_max = 1000) {
  std::string out;
  log::append_json_string(out, text, bytes_max);
  return out;
}

// What a line says behind its time, which changes from run to run.
std::string without_time(const std::string& line) {
  REQUIRE(line.rfind(R"({"time":"2)", 0) == 0);
  const auto end = line.find("Z\",");
  REQUIRE(end == std::string(R"({"time":"2000-01-01T00:00:00.000000)").size());
  return "{" + line.substr(end + 3);
}

std::size_t count_lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a line is one JSON object with level, event and typed fields") {
  log::Capture capture;
  log::info("journal_opened", {{"folder", "/data"},
                               {"records", 7u},
                               {"offset", -3},
                               {"fresh", true},
                               {"name", std::string("a\"b\\c")}});
  CHECK(without_time(capture.text()) ==
        R"({"level":"info","event":"journal_opened","folder":"/data","records":7,"offset":-3,"fresh":true,)"
        R"("name":"a\"b\\c"})"
        "\n");
}

TEST_CASE("the largest and smallest numbers are written in full") {
  log::Capture capture;
  log::warn("numbers", {{"max", std::numeric_limits<std::uint64_t>::max()},
                        {"min", std::numeric_limits<std::int64_t>::min()}});
  CHECK(without_time(capture.text()) ==
        "{\"level\":\"warn\",\"event\":\"numbers\",\"max\":18446744073709551615,\"min\":-9223372036854775808}"
        "\n");
}

TEST_CASE("given a level, lines below it are dropped and the others are not") {
  log::Capture capture;
  log::set_level(log::Level::warn);
  log::info("dropped");
  log::warn("kept_warn");
  log::error("kept_error");
  log::set_level(log::Level::off);
  log::error("dropped");
  log::write(log::Level::off, "dropped", {});
  log::set_level(log::Level::info);
  log::debug("dropped");
  CHECK(count_lines(capture.text()) == 2);
  CHECK(capture.text().find("dropped") == std::string::npos);
}

TEST_CASE("level names go both ways and unknown ones are refused") {
  for (auto level :
       {log::Level::debug, log::Level::info, log::Level::warn, log::Level::error, log::Level::off})
    CHECK(log::parse_level(log::name(level)) == level);
  for (auto text : {"", "INFO", "trace", "info "}) CHECK(!log::parse_level(text));
}

TEST_CASE("no value can start a line of its own, close the object or drive a terminal") {
  using namespace std::string_literals;
  const std::vector<std::string> attacks{
      "a\r\n{\"level\":\"error\",\"event\":\"forged\"}",
      "a\nb",
      "a\rb",
      "a\0b"s,
      "\x1b[2J",
      "\"},{\"event\":\"forged\"",
      "\xc2\x85next line",
      "\302\2332J",
      "\xe2\x80\xa8separator",
      "\x7f",
      "{} %v %s {0}",
  };
  for (const std::string& attack : attacks) {
    CAPTURE(attack);
    log::Capture capture;
    log::info("request", {{"user_agent", attack}});
    const std::string text = capture.text();
    CHECK(count_lines(text) == 1);
    CHECK(std::none_of(text.begin(), text.end() - 1,
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }));
    CHECK(text.find("\"event\":\"forged\"") == std::string::npos);
  }
}

TEST_CASE("control characters are escaped by number") {
  CHECK(json("\x01\n\x7f") == R"("\u0001\u000a\u007f")");
  CHECK(json("\xc2\x85\xe2\x80\xa8") == R"("\u0085\u2028")");
}

TEST_CASE("well-formed UTF-8 stays as it is") {
  for (std::string_view text :
       {"gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac", "\xf0\x9f\x92\xb0", "\xf4\x8f\xbf\xbf", "\xee\x80\x80"})
    CHECK(json(text) == "\"" + std::string(text) + "\"");
}

TEST_CASE("each byte that is not UTF-8 becomes the replacement character") {
  const std::string bad = "\xef\xbf\xbd";
  CHECK(json("a\xff"
             "b") == "\"a" + bad + "b\"");
  CHECK(json("\xc0\xaf") == "\"" + bad + bad + "\"");                      // overlong
  CHECK(json("\xe0\x80\x80") == "\"" + bad + bad + bad + "\"");            // overlong
  CHECK(json("\xed\xa0\x80") == "\"" + bad + bad + bad + "\"");            // surrogate
  CHECK(json("\xf4\x90\x80\x80") == "\"" + bad + bad + bad + bad + "\"");  // above U+10FFFF
  CHECK(json("\xe2\x82") == "\"" + bad + bad + "\"");                      // cut short
  CHECK(json("\xe2\x82"
             "a") == "\"" + bad + bad + "a\"");
}

TEST_CASE("a long value is cut at a character and says so") {
  const std::string ellipsis = "\xe2\x80\xa6";
  CHECK(json("abcd", 4) == R"("abcd")");
  CHECK(json("abcde", 4) == "\"abcd" + ellipsis + "\"");
  CHECK(json("abc\xe2\x82\xac", 4) == "\"abc" + ellipsis + "\"");
  log::Capture capture;
  log::info("long", {{"value", std::string(1u << 20, 'x')}});
  CHECK(capture.text().size() < 2000);
}

TEST_CASE("lines of several threads do not mix") {
  log::Capture capture;
  std::array<std::thread, 4> threads;
  for (auto& thread : threads)
    thread = std::thread([] {
      for (int i = 0; i < 200; ++i) log::info("tick", {{"padding", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}});
    });
  for (auto& thread : threads) thread.join();
  const std::string text = capture.text();
  REQUIRE(count_lines(text) == 800);
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
    end = text.find('\n', begin);
    CHECK(without_time(text.substr(begin, end - begin)) ==
          R"({"level":"info","event":"tick","padding":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})");
  }
}

}  // namespace florin
