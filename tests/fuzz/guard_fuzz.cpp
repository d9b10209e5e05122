// Any bytes as a header: what the guard takes, the parser behind it must take too, and read the same way.
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "engine/base/assert.hpp"
#include "gateway/http/guard.hpp"

namespace {

namespace http = boost::beast::http;
using namespace florin::gateway;

// Views must lie inside the block that they were taken from.
void check_views(std::string_view block, const Head& head) {
  const auto inside = [&](std::string_view part) {
    FLORIN_ASSERT(part.data() >= block.data() && part.data() + part.size() <= block.data() + block.size());
    FLORIN_ASSERT(part.find_first_of("\r\n") == std::string_view::npos);
    FLORIN_ASSERT(part.find('\0') == std::string_view::npos);
  };
  inside(head.method);
  inside(head.target);
  for (const auto& [name, value] : head.fields) {
    inside(name);
    inside(value);
    FLORIN_ASSERT(is_token(name));
  }
  FLORIN_ASSERT(head.fields.size() <= fields_max && head.target.size() <= target_bytes_max);
  FLORIN_ASSERT(!(head.chunked && head.content_length));
}

void check_parser(std::string_view block, const Head& head) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(header_bytes_max));
  parser.body_limit(boost::none);
  boost::beast::error_code error;
  const std::size_t used = parser.put(boost::asio::buffer(block), error);
  if (error && error != http::error::need_more) return;  // stricter still: the session answers 400
  FLORIN_ASSERT(parser.is_header_done() && used == block.size());
  FLORIN_ASSERT(parser.chunked() == head.chunked);
  const auto length = parser.content_length();
  FLORIN_ASSERT(length.has_value() == head.content_length.has_value());
  FLORIN_ASSERT(!length || *length == *head.content_length);
  FLORIN_ASSERT(parser.get().method_string() == head.method);
  FLORIN_ASSERT(parser.get().version() == (head.http_1_1 ? 11U : 10U));
  for (const std::string_view name : {"host", "authorization", "idempotency-key", "content-type"}) {
    FLORIN_ASSERT(parser.get().count(name) <= 1);
    FLORIN_ASSERT((parser.get().count(name) == 1) == head.field(name).has_value());
    if (head.field(name)) FLORIN_ASSERT(parser.get()[name] == *head.field(name));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const HeaderScan scan = scan_header(bytes, 0);
  // A scan in two steps sees what one step sees.
  const std::size_t half = size / 2;
  if (scan_header(bytes.substr(0, half), 0).state == HeaderScan::State::incomplete) {
    const HeaderScan again = scan_header(bytes, half);
    FLORIN_ASSERT(again.state == scan.state && again.size == scan.size);
  }
  if (scan.state != HeaderScan::State::complete) return 0;
  const std::string_view block = bytes.substr(0, scan.size);
  const auto head = guard(block);
  if (!head) {
    FLORIN_ASSERT(!describe(head.error()).empty());
    return 0;
  }
  check_views(block, *head);
  check_parser(block, *head);
  return 0;
}
