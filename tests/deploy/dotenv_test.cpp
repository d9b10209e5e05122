#include "deploy/florin/dotenv.hpp"

#include <doctest/doctest.h>

namespace florin {
namespace {

std::string value_of(std::string_view text) {
  auto entries = parse_dotenv(text);
  REQUIRE(entries);
  REQUIRE(entries->size() == 1);
  return entries->front().value;
}

std::string error_of(std::string_view text) {
  auto entries = parse_dotenv(text);
  REQUIRE(!entries);
  CHECK(entries.error().code == Errc::invalid_argument);
  return entries.error().message;
}

}  // namespace

TEST_CASE("entries come in order with their lines, comments and blank lines are skipped") {
  auto entries =
      parse_dotenv("# settings\n\nFLORIN_DATA=/srv/florin\r\n  FLORIN_LISTEN=[::1]:80  # here\n\t\nX1=");
  REQUIRE(entries);
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0].key == "FLORIN_DATA");
  CHECK((*entries)[0].value == "/srv/florin");
  CHECK((*entries)[0].line == 3);
  CHECK((*entries)[1].value == "[::1]:80");
  CHECK((*entries)[1].line == 4);
  CHECK((*entries)[2].key == "X1");
  CHECK((*entries)[2].value.empty());
}

TEST_CASE("quotes keep what is inside") {
  CHECK(value_of("A='a b # c \\n \"'") == "a b # c \\n \"");
  CHECK(value_of(R"(A="a b # c \\ \" $HOME")") == R"(a b # c \ " $HOME)");
  CHECK(value_of("A=\"\"") == "");
  CHECK(value_of("A='x' # comment") == "x");
  CHECK(value_of("A=b64+/==") == "b64+/==");
}

TEST_CASE(
    "what a shell would read in another way is an error that names the line and never shows the value") {
  for (std::string_view bad :
       {"A=topsecret b", "A=$topsecret", "A=`topsecret`", "A='topsecret", "A=\"topsecret",
        "A=\"topsecret\\n\"", "A=topsecret'x'", "A='topsecret'x", "A=topsecret#c", "A topsecret",
        "export A=topsecret", "=topsecret", "1A=topsecret", "A-B=topsecret", "A =topsecret", "A= topsecret",
        "\357\273\277A=topsecret", "A=topsecret\xc3\xa9", "A=topsecret\\"}) {
    CAPTURE(bad);
    const std::string message = error_of("# first\n" + std::string(bad) + "\n");
    CHECK(message.find("line 2") != std::string::npos);
    CHECK(message.find("topsecret") == std::string::npos);
  }
}

TEST_CASE("a NUL byte, a repeated name and a file without end are refused") {
  CHECK(error_of(std::string("A=b\0c", 5)).find("NUL") != std::string::npos);
  CHECK(error_of("A=1\nB=2\nA=1\n").find("line 3: A was given before, in line 1") != std::string::npos);
  CHECK(parse_dotenv(std::string(dotenv_bytes_max, '\n')));
  CHECK(error_of(std::string(dotenv_bytes_max + 1, '\n')).find("larger") != std::string::npos);
}

}  // namespace florin
