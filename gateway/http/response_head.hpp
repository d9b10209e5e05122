// The status line and header fields of an answer. Pure.
#pragma once

#include "gateway/http/message.hpp"

namespace florin::gateway {

struct ResponseFrame {
  bool http_1_1 = true;
  bool keep_alive = true;
  bool secure = false;  // over TLS
  std::string_view date;
  std::string_view request_id, traceparent;
};

std::string response_head(const Response& response, const ResponseFrame& frame);
std::string_view reason_phrase(unsigned status);

// IMF-fixdate of RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::int64_t unix_seconds);

}  // namespace florin::gateway
