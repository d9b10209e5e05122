#include "gateway/http/guard.hpp"

#include <algorithm>
#include <array>

#include "engine/base/assert.hpp"

namespace florin::gateway {
namespace {

using Refused = tl::unexpected<GuardRefusal>;

// Fields that decide framing, routing or identity: a second one would let two readers see two requests.
constexpr std::array<std::string_view, 7> single_fields{
    "host",         "content-length", "transfer-encoding", "authorization", "idempotency-key",
    "content-type", "expect"};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_token_char(char c) {
  return is_alpha(c) || is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// The text up to CRLF, which is taken off the block too.
std::string_view take_line(std::string_view& block) {
  const std::string_view line = block.substr(0, block.find("\r\n"));
  block.remove_prefix(line.size() + 2);
  return line;
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// The first item of a comma-separated list, which is taken off the list.
std::string_view take_item(std::string_view& list) {
  const std::size_t comma = std::min(list.find(','), list.size());
  const std::string_view item = trimmed(list.substr(0, comma));
  list.remove_prefix(std::min(comma + 1, list.size()));
  return item;
}

// Host = uri-host [ ":" port ] (RFC 9110 section 7.2), as far as it must be known to be one host and nothing
// else.
bool is_host(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const bool bracketed = text.starts_with('[');
  if (colon != std::string_view::npos && (!bracketed || text.find(']') < colon)) {
    const std::string_view port = text.substr(colon + 1);
    if (port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) return false;
    text = text.substr(0, colon);
  }
  if (text.empty() || text.size() > 255) return false;
  if (bracketed) {
    text = text.substr(1);
    if (!text.ends_with(']')) return false;
    text.remove_suffix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
      return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f') || c == ':' || c == '.';
    });
  }
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; });
}

tl::expected<void, GuardRefusal> read_request_line(std::string_view line, Head& head) {
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Refused(GuardRefusal::request_line);
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (head.method.size() > method_bytes_max || !is_token(head.method))
    return Refused(GuardRefusal::request_line);
  if (!version.starts_with("HTTP/")) return Refused(GuardRefusal::request_line);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Refused(GuardRefusal::version);
  head.http_1_1 = version == "HTTP/1.1";
  if (head.target.size() > target_bytes_max) return Refused(GuardRefusal::target_too_long);
  // Visible ASCII only; "#" never goes over the wire.
  const auto bad = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f || c == '#';
  };
  if (head.target.empty() || std::any_of(head.target.begin(), head.target.end(), bad))
    return Refused(GuardRefusal::request_line);
  return {};
}

tl::expected<void, GuardRefusal> read_fields(std::string_view block, Head& head) {
  while (true) {
    const std::string_view line = take_line(block);
    if (line.empty()) return {};
    if (head.fields.size() == fields_max) return Refused(GuardRefusal::too_many_fields);
    if (line.front() == ' ' || line.front() == '\t') return Refused(GuardRefusal::folded_field);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return Refused(GuardRefusal::field_name);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (std::any_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; }))
      return Refused(GuardRefusal::control_byte);
    head.fields.emplace_back(line.substr(0, colon), value);
  }
}

tl::expected<void, GuardRefusal> check_single_fields(const Head& head) {
  for (const std::string_view name : single_fields) {
    const auto count = std::count_if(head.fields.begin(), head.fields.end(), [&](const auto& field) {
      return equal_ignoring_case(field.first, name);
    });
    if (count > 1) return Refused(name == "host" ? GuardRefusal::host : GuardRefusal::repeated_field);
  }
  return {};
}

tl::expected<void, GuardRefusal> read_framing(Head& head) {
  const auto length = head.field("content-length");
  const auto encoding = head.field("transfer-encoding");
  if (length && encoding) return Refused(GuardRefusal::length_and_encoding);
  if (encoding) {
    if (!head.http_1_1 || !equal_ignoring_case(*encoding, "chunked"))
      return Refused(GuardRefusal::transfer_encoding);
    head.chunked = true;
  }
  if (length) {
    // 18 digits cannot overflow, and are far over any limit of ours.
    if (length->empty() || length->size() > 18 || !std::all_of(length->begin(), length->end(), is_digit))
      return Refused(GuardRefusal::content_length);
    std::uint64_t value = 0;
    for (const char c : *length) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    head.content_length = value;
  }
  return {};
}

// An origin server must also take the absolute form (RFC 9112 section 3.2.2): it becomes the origin form, if
// it names the host that the Host field names.
tl::expected<void, GuardRefusal> read_target(Head& head) {
  const auto host = head.field("host");
  if (!host || !is_host(*host)) return Refused(GuardRefusal::host);
  if (head.target.front() == '/' || (head.target == "*" && head.method == "OPTIONS")) return {};
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(head.target.substr(0, scheme.size()), scheme)) continue;
    const std::string_view rest = head.target.substr(scheme.size());
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos || !equal_ignoring_case(rest.substr(0, slash), *host)) break;
    head.target = rest.substr(slash);
    return {};
  }
  return Refused(GuardRefusal::target_form);
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

std::optional<std::string_view> Head::field(std::string_view name) const {
  for (const auto& [field_name, value] : fields)
    if (equal_ignoring_case(field_name, name)) return value;
  return std::nullopt;
}

bool Head::keep_alive() const {
  bool close = false, keep = false;
  for (const auto& [name, value] : fields) {
    if (!equal_ignoring_case(name, "connection")) continue;
    for (std::string_view list = value; !list.empty();) {
      const std::string_view item = take_item(list);
      close = close || equal_ignoring_case(item, "close");
      keep = keep || equal_ignoring_case(item, "keep-alive");
    }
  }
  return !close && (http_1_1 || keep);
}

HeaderScan scan_header(std::string_view bytes, std::size_t from) {
  const auto refused = [](GuardRefusal refusal) {
    return HeaderScan{HeaderScan::State::refused, 0, refusal};
  };
  const std::size_t end = std::min(bytes.size(), header_bytes_max);
  for (std::size_t i = from; i < end; ++i) {
    const char c = bytes[i];
    const char before = i == 0 ? '\0' : bytes[i - 1];
    if (c == '\0') return refused(GuardRefusal::nul_byte);
    if (c == '\n' && before != '\r') return refused(GuardRefusal::bare_line_feed);
    if (c != '\n' && before == '\r') return refused(GuardRefusal::bare_carriage_return);
    if (c == '\n' && (i == 1 || (i >= 3 && bytes[i - 2] == '\n')))
      return {HeaderScan::State::complete, i + 1, {}};
  }
  if (bytes.size() >= header_bytes_max) return refused(GuardRefusal::header_too_large);
  return {};
}

tl::expected<Head, GuardRefusal> guard(std::string_view block) {
  // The functions below rely on what the scan has seen: whole lines, and an empty one at the end.
  const HeaderScan scan = scan_header(block, 0);
  if (scan.state == HeaderScan::State::refused) return Refused(scan.refusal);
  FLORIN_ASSERT(scan.state == HeaderScan::State::complete && scan.size == block.size());
  Head head;
  if (auto ok = read_request_line(take_line(block), head); !ok) return Refused(ok.error());
  if (auto ok = read_fields(block, head); !ok) return Refused(ok.error());
  if (auto ok = check_single_fields(head); !ok) return Refused(ok.error());
  if (auto ok = read_framing(head); !ok) return Refused(ok.error());
  if (auto ok = read_target(head); !ok) return Refused(ok.error());
  return head;
}

std::string_view describe(GuardRefusal refusal) {
  switch (refusal) {
    case GuardRefusal::bare_line_feed:
      return "A line of the header ends with LF alone; lines end with CR LF.";
    case GuardRefusal::bare_carriage_return: return "The header contains CR without LF behind it.";
    case GuardRefusal::nul_byte: return "The header contains a NUL byte.";
    case GuardRefusal::control_byte: return "A header field contains a control character.";
    case GuardRefusal::request_line:
      return "The request line is not METHOD TARGET HTTP/1.1 with single spaces.";
    case GuardRefusal::version: return "The version is neither HTTP/1.1 nor HTTP/1.0.";
    case GuardRefusal::target_form:
      return "The target is neither a path nor a URL of the host that Host names.";
    case GuardRefusal::target_too_long: return "The target is longer than 8192 bytes.";
    case GuardRefusal::field_name: return "The name of a header field is not a token followed by a colon.";
    case GuardRefusal::folded_field: return "A header field is continued on a second line.";
    case GuardRefusal::too_many_fields: return "There are more than 64 header fields.";
    case GuardRefusal::header_too_large: return "The header is larger than 16384 bytes.";
    case GuardRefusal::host: return "There must be exactly one Host field, which names a host.";
    case GuardRefusal::repeated_field:
      return "Authorization, Content-Length, Content-Type, Expect, Idempotency-Key and Transfer-Encoding may "
             "come only once.";
    case GuardRefusal::content_length: return "Content-Length is not a plain number.";
    case GuardRefusal::transfer_encoding: return "Transfer-Encoding may only be \"chunked\", on HTTP/1.1.";
    case GuardRefusal::length_and_encoding: return "Content-Length and Transfer-Encoding exclude each other.";
  }
  return "The header is not well-formed.";
}

}  // namespace florin::gateway
