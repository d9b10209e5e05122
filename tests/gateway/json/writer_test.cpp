#include "gateway/json/writer.hpp"

#include <doctest/doctest.h>

#include "gateway/json/document.hpp"

using namespace florin;
using namespace florin::gateway::json;

TEST_CASE("the writer puts commas where they belong") {
  Writer w;
  w.begin_object().key("a").begin_array().number(1).number(2).begin_object().end_object().end_array();
  w.decimal("d", u128_max)
      .decimal("e", 18446744073709551615ULL)
      .number("n", 7)
      .key("z")
      .null()
      .key("b")
      .boolean(true)
      .end_object();
  CHECK(
      w.take() ==
      R"({"a":[1,2,{}],"d":"340282366920938463463374607431768211455","e":"18446744073709551615","n":7,"z":null,"b":true})");
}

TEST_CASE("any bytes come out as a string that the strict reader takes") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  Writer w;
  w.string(bytes);
  const std::string text = w.take();
  const auto document = Document::parse(text);
  REQUIRE(document);
  CHECK(document->root().text().substr(0, 128) == bytes.substr(0, 128));
  CHECK(document->root().text().substr(128, 3) == "\xef\xbf\xbd");
}
