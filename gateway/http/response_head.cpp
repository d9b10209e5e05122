#include "gateway/http/response_head.hpp"

#include <array>
#include <ctime>

#include "engine/base/assert.hpp"

namespace florin::gateway {
namespace {

// Header values are ours or were checked when they came in: a line break here would be a bug that splits the
// answer.
void add(std::string& out, std::string_view name, std::string_view value) {
  FLORIN_ASSERT(value.find_first_of("\r\n") == std::string_view::npos);
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string response_head(const Response& response, const ResponseFrame& frame) {
  std::string out;
  out.reserve(512);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_phrase(response.status)).append("\r\n");
  add(out, "Date", frame.date);
  add(out, "Server", "florin");
  if (response.status != 204) {  // which has neither body nor length (RFC 9110 section 8.6)
    add(out, "Content-Type", response.content_type);
    add(out, "Content-Length", std::to_string(response.body.size()));
  }
  add(out, "Cache-Control", "no-store");
  add(out, "X-Content-Type-Options", "nosniff");
  if (frame.secure) add(out, "Strict-Transport-Security", "max-age=31536000");
  add(out, "X-Request-Id", frame.request_id);
  add(out, "traceparent", frame.traceparent);
  for (const auto& [name, value] : response.headers) add(out, name, value);
  if (!frame.keep_alive) add(out, "Connection", "close");
  else if (!frame.http_1_1) add(out, "Connection", "keep-alive");
  return out.append("\r\n");
}

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

std::string http_date(std::int64_t unix_seconds) {
  // Names in English whatever the process's locale, so no strftime for them.
  static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = unix_seconds;
  std::tm utc{};
  FLORIN_ASSERT(gmtime_r(&time, &utc) != nullptr);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                                 months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900,
                                 utc.tm_hour, utc.tm_min, utc.tm_sec);
  return std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace florin::gateway
