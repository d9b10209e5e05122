// The port through which an import calls a server: one call, one answer, by a deadline.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"

namespace florin::importing {

inline constexpr long http_connect_ms_max = 10'000;
inline constexpr long http_call_ms_max = 60'000;  // the server's own deadline is shorter
inline constexpr std::size_t http_answer_bytes_max = 16u << 20;

struct HttpCall {
  std::string method;
  std::string path;  // from the root of the server
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct HttpAnswer {
  int status = 0;
  std::string body;
  unsigned retry_after_s = 0;  // 0 when the server does not say
};

class Http {
 public:
  Http() = default;
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;
  virtual ~Http() = default;
  // Errors: io (no answer came: the call may have been done or not), deadline.
  virtual Result<HttpAnswer> call(const HttpCall& call) = 0;
};

}  // namespace florin::importing
