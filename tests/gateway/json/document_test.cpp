#include "gateway/json/document.hpp"

#include <doctest/doctest.h>

#include "gateway/json/utf8.hpp"

using namespace florin::gateway::json;

namespace {

struct Bad {
  std::string_view text, code, pointer;
  std::size_t offset, line, column;
};

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("a document keeps structure, order and the spelling of numbers") {
  const auto document = Document::parse(
      R"( {"a":[1,{"b":"x\u00e9"}, true],"n":18446744073709551615,"m":-0,"f":1.0,"z":null} )");
  REQUIRE(document);
  std::vector<std::string> seen;
  document->root().each([&](Value member) {
    seen.push_back(std::string(member.key()) + "=" + std::string(name(member.kind())) + ":" +
                   std::string(member.text()));
  });
  CHECK(seen == std::vector<std::string>{"a=array:", "n=number:18446744073709551615", "m=number:-0",
                                         "f=number:1.0", "z=null:"});
  document->root().each([&](Value member) {
    if (member.key() != "a") return;
    CHECK(member.size() == 3);
    member.each([&](Value element) {
      if (element.kind() == Kind::object)
        element.each([](Value inner) { CHECK(inner.text() == "x\xc3\xa9"); });
      if (element.kind() == Kind::boolean) CHECK(element.boolean());
    });
  });
}

TEST_CASE("numbers keep every digit that was written") {
  for (const std::string text :
       {"340282366920938463463374607431768211455", "1e3", "0.10", "-5", "1E+2", "0"}) {
    const auto document = Document::parse(text);
    REQUIRE(document);
    CHECK(document->root().text() == text);
  }
}

TEST_CASE("what is not strict JSON is refused, with its place") {
  const std::string nul("{\"a\":1}\0x", 9);
  const Bad cases[] = {
      {"", "syntax", "", 0, 1, 1},
      {"{", "syntax", "", 0, 1, 1},
      {"{\"a\":1", "syntax", "", 5, 1, 6},
      {"{\"a\":1}x", "trailing_bytes", "", 7, 1, 8},
      {"{\"a\":1} {}", "trailing_bytes", "", 8, 1, 9},
      {nul, "nul_byte", "", 7, 1, 8},
      {"\xef\xbb\xbf{}", "byte_order_mark", "", 0, 1, 1},
      {"{\"a\":\"\xff\"}", "invalid_utf8", "", 6, 1, 7},
      {"{\"a\":\"\xed\xa0\x80\"}", "invalid_utf8", "", 6, 1, 7},
      {"{\"a\":\"\xc0\xaf\"}", "invalid_utf8", "", 6, 1, 7},
      {"{\"a\":\"\\ud800\"}", "syntax", "/a", 12, 1, 13},
      {"{\"a\":01}", "syntax", "/a", 7, 1, 8},
      {"{\"a\":[1,0x1]}", "syntax", "/a/1", 9, 1, 10},
      {"{\"a\":1 2}", "syntax", "", 8, 1, 9},
      {"{\"a\":+1}", "syntax", "/a", 5, 1, 6},
      {"{\"a\":NaN}", "syntax", "/a", 5, 1, 6},
      {"{\"a\":1,}", "syntax", "", 7, 1, 8},
      {"[1,]", "syntax", "/1", 3, 1, 4},
      {"{'a':1}", "syntax", "", 1, 1, 2},
      {"{\"a\":1e999}", "syntax", "/a", 10, 1, 11},
      {"{\"a\":1 /* no */}", "syntax", "", 7, 1, 8},
      {"{\"a\":1,\n \"a\":2}", "duplicate_key", "/a", 11, 2, 4},
      {"{\"a\":1,\"\\u0061\":2}", "duplicate_key", "/a", 14, 1, 15},
      {"{\"x\":[{},{\"a~/b\":1,\"a~/b\":1}]}", "duplicate_key", "/x/1/a~0~1b", 24, 1, 25},
  };
  for (const Bad& bad : cases) {
    CAPTURE(bad.text);
    const auto document = Document::parse(bad.text);
    REQUIRE_FALSE(document);
    CHECK(document.error().code == bad.code);
    CHECK(document.error().pointer == bad.pointer);
    CHECK(document.error().offset == bad.offset);
    CHECK(document.error().line == bad.line);
    CHECK(document.error().column == bad.column);
    CHECK(document.error().detail.find("line " + std::to_string(bad.line)) != std::string::npos);
  }
}

TEST_CASE("depth, members and values are bounded") {
  CHECK(Document::parse(nested(depth_max)));
  CHECK(Document::parse(nested(depth_max + 1)).error().code == "too_deep");
  CHECK(Document::parse(std::string(1u << 20, '[')).error().code == "too_deep");

  std::string members;
  for (std::size_t i = 0; i < members_max; ++i) members += "\"k" + std::to_string(i) + "\":0,";
  CHECK(Document::parse("{" + members.substr(0, members.size() - 1) + "}"));
  CHECK(Document::parse("{" + members + "\"last\":0}").error().code == "too_many_values");

  std::string values = "[0";
  for (std::size_t i = 2; i < values_max; ++i) values += ",0";
  CHECK(Document::parse(values + "]"));
  CHECK(Document::parse(values + ",0]").error().code == "too_many_values");
}

TEST_CASE("UTF-8 is judged byte by byte") {
  CHECK(utf8_prefix("plain text, more than eight bytes") == 33);
  CHECK(utf8_prefix("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") == 9);
  CHECK(utf8_prefix("12345678\x80") == 8);
  CHECK(utf8_prefix("ab\xe2\x82") == 2);
  CHECK(utf8_prefix("\xf4\x90\x80\x80") == 0);
  CHECK(utf8_prefix("\xf0\x80\x80\x80") == 0);
}
