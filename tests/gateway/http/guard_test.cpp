#include "gateway/http/guard.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace florin::gateway;

namespace {

std::string get(std::string_view fields) {
  return "GET /a HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

std::string post(std::string_view fields) {
  return "POST /a HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

void refuses(const std::string& block, GuardRefusal refusal) {
  CAPTURE(block);
  const HeaderScan scan = scan_header(block, 0);
  if (scan.state == HeaderScan::State::refused) {
    CHECK(describe(scan.refusal) == describe(refusal));
    return;
  }
  REQUIRE(scan.state == HeaderScan::State::complete);
  const auto head = guard(std::string_view(block).substr(0, scan.size));
  REQUIRE_FALSE(head);
  CHECK(describe(head.error()) == describe(refusal));
}

Head accepts(const std::string& block) {
  CAPTURE(block);
  const auto head = guard(block);
  REQUIRE(head);
  return *head;
}

}  // namespace

TEST_CASE("well-formed headers are taken apart") {
  const std::string block =
      "POST /a/b?c=d HTTP/1.1\r\nhOST: example.test:8000\r\nContent-Length:  12 \r\nX-Empty:\r\nX: "
      "a\tb\r\n\r\n";
  const Head head = accepts(block);
  CHECK(head.method == "POST");
  CHECK(head.target == "/a/b?c=d");
  CHECK(head.content_length == 12);
  CHECK(head.has_body());
  CHECK_FALSE(head.chunked);
  CHECK(head.keep_alive());
  CHECK(head.field("host") == "example.test:8000");
  CHECK(head.field("x-empty") == "");
  CHECK(head.field("X") == "a\tb");
  CHECK_FALSE(head.field("none"));
}

TEST_CASE("chunked and connection options are read as RFC 9112 says") {
  CHECK(accepts(post("Transfer-Encoding: Chunked\r\n")).chunked);
  CHECK_FALSE(accepts(get("Connection: close\r\n")).keep_alive());
  CHECK_FALSE(accepts(get("Connection: x, Close\r\n")).keep_alive());
  CHECK_FALSE(accepts("GET / HTTP/1.0\r\nHost: h\r\n\r\n").keep_alive());
  CHECK(accepts("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n").keep_alive());
}

TEST_CASE("the absolute form is a path, if it names the same host") {
  const std::string same = "GET http://H:80/a?b HTTP/1.1\r\nHost: h:80\r\n\r\n";
  CHECK(accepts(same).target == "/a?b");
  refuses("GET http://other/a HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::target_form);
  refuses("GET ftp://h/a HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::target_form);
  refuses("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::target_form);
  refuses("GET a HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::target_form);
  refuses("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n", GuardRefusal::target_form);
  refuses("GET * HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::target_form);
  CHECK(accepts("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").target == "*");
}

TEST_CASE("what the parser behind would take, and two readers could read differently, is refused") {
  refuses(post("Transfer-Encoding: chunked, gzip\r\n"), GuardRefusal::transfer_encoding);
  refuses(post("Transfer-Encoding: gzip\r\n"), GuardRefusal::transfer_encoding);
  refuses(post("Transfer-Encoding: gzip, chunked\r\n"), GuardRefusal::transfer_encoding);
  refuses(post("Transfer-Encoding: xchunked\r\n"), GuardRefusal::transfer_encoding);
  refuses(post("Transfer-Encoding: \r\n"), GuardRefusal::transfer_encoding);
  refuses(post("Transfer-Encoding: chunked;q=1\r\n"), GuardRefusal::transfer_encoding);
  refuses(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), GuardRefusal::repeated_field);
  refuses("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
          GuardRefusal::transfer_encoding);
  refuses(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), GuardRefusal::length_and_encoding);
  refuses(post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), GuardRefusal::length_and_encoding);
  refuses(get("X: a\r\n b\r\n"), GuardRefusal::folded_field);
  refuses(get("X: a\r\n\tb\r\n"), GuardRefusal::folded_field);
  refuses("GET / HTTP/1.1\r\n Host: h\r\n\r\n", GuardRefusal::folded_field);
  refuses("GET / HTTP/1.1\r\nX: y\r\n\r\n", GuardRefusal::host);
  refuses("GET / HTTP/1.0\r\n\r\n", GuardRefusal::host);
  refuses(get("Host: h\r\n"), GuardRefusal::host);
  refuses(get("host: other\r\n"), GuardRefusal::host);
  refuses(get("Authorization: Bearer a\r\nAuthorization: Bearer a\r\n"), GuardRefusal::repeated_field);
  refuses(get("Authorization: Bearer a\r\nauthorization: Bearer b\r\n"), GuardRefusal::repeated_field);
  refuses(post("Content-Length: 5\r\nContent-Length: 5\r\n"), GuardRefusal::repeated_field);
  refuses(post("Content-Length: 5\r\nContent-Length: 6\r\n"), GuardRefusal::repeated_field);
  refuses(post("Idempotency-Key: a\r\nIdempotency-Key: a\r\n"), GuardRefusal::repeated_field);
}

TEST_CASE("lengths are plain numbers") {
  for (const std::string bad :
       {"+5", "-1", "0x5", "5,5", "5, 5", "5 5", "", "18446744073709551616", "1e1", "5.0"})
    refuses(post("Content-Length: " + bad + "\r\n"), GuardRefusal::content_length);
  CHECK(accepts(post("Content-Length: 999999999999999999\r\n")).content_length == 999'999'999'999'999'999ULL);
}

TEST_CASE("bytes that do not belong into a header are refused") {
  refuses("GET / HTTP/1.1\nHost: h\r\n\r\n", GuardRefusal::bare_line_feed);
  refuses("GET / HTTP/1.1\r\nHost: h\n\r\n", GuardRefusal::bare_line_feed);
  refuses("GET / HTTP/1.1\r\nHost: h\r\n\n", GuardRefusal::bare_line_feed);
  refuses("GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", GuardRefusal::bare_carriage_return);
  refuses("GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", GuardRefusal::bare_carriage_return);
  refuses(get(std::string_view("X: a\0b\r\n", 8)), GuardRefusal::nul_byte);
  refuses(get("X: a\x01"
              "b\r\n"),
          GuardRefusal::control_byte);
  refuses(get("X: a\x7f\r\n"), GuardRefusal::control_byte);
  refuses(get("X : a\r\n"), GuardRefusal::field_name);
  refuses(get(": a\r\n"), GuardRefusal::field_name);
  refuses(get("no colon\r\n"), GuardRefusal::field_name);
  refuses(get("X(y): a\r\n"), GuardRefusal::field_name);
}

TEST_CASE("request lines have one form") {
  refuses("\r\n", GuardRefusal::request_line);
  refuses("GET\r\nHost: h\r\n\r\n", GuardRefusal::request_line);
  refuses("GET /\r\nHost: h\r\n\r\n", GuardRefusal::request_line);
  refuses("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::request_line);
  refuses("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::request_line);
  refuses("GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::request_line);
  refuses(" GET / HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::request_line);
  refuses("G\"T / HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::request_line);
  refuses("GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::request_line);
  refuses("GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::request_line);
  refuses("METHODTHATISTOOLONG / HTTP/1.1\r\nHost: h\r\n\r\n", GuardRefusal::request_line);
  for (const std::string bad : {"HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/1.10", "HTTP/1.1 ", "HTTP/"})
    CHECK_FALSE(guard("GET / " + bad + "\r\nHost: h\r\n\r\n"));
  refuses("PRI * HTTP/2.0\r\n\r\n", GuardRefusal::version);
}

TEST_CASE("a host is one host") {
  for (const std::string good : {"h", "h:80", "h:", "127.0.0.1:8000", "[::1]", "[::1]:8000", "a-b.example"})
    CHECK(guard("GET / HTTP/1.1\r\nHost: " + good + "\r\n\r\n"));
  for (const std::string bad :
       {"", "a b", "a,b", "u@h", "h/", "h:x", "h:123456", "[::1", "::1", "h:80:80", "[]", ":80"})
    CHECK_FALSE(guard("GET / HTTP/1.1\r\nHost: " + bad + "\r\n\r\n"));
}

TEST_CASE("sizes are bounded") {
  refuses("GET /" + std::string(target_bytes_max, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n",
          GuardRefusal::target_too_long);
  std::string many;
  for (std::size_t i = 0; i < fields_max - 1; ++i) many += "X: y\r\n";
  CHECK(guard(get(many)));
  refuses(get(many + "X: y\r\n"), GuardRefusal::too_many_fields);
  refuses(get("X: " + std::string(header_bytes_max, 'a') + "\r\n"), GuardRefusal::header_too_large);
}

TEST_CASE("a header is found however it is cut, and refused as soon as it shows") {
  const std::string block = get("X: y\r\n");
  for (std::size_t i = 1; i < block.size(); ++i) {
    CHECK(scan_header(block.substr(0, i), i - 1).state == HeaderScan::State::incomplete);
  }
  const HeaderScan scan = scan_header(block + "behind", block.size() - 1);
  CHECK(scan.state == HeaderScan::State::complete);
  CHECK(scan.size == block.size());
  CHECK(scan_header("GET / HTTP/1.1\n", 0).state == HeaderScan::State::refused);
  CHECK(scan_header(std::string(header_bytes_max, 'a'), 0).state == HeaderScan::State::refused);
}
