// libcurl's objects with owners, and where its answers go. For who calls other servers over HTTP.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "engine/base/assert.hpp"

namespace florin::gateway {

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using CurlHandle = std::unique_ptr<CURL, FreeHandle>;

struct FreeLines {
  void operator()(curl_slist* lines) const { curl_slist_free_all(lines); }
};
using CurlLines = std::unique_ptr<curl_slist, FreeLines>;

inline void add_line(CurlLines& lines, const std::string& line) {
  curl_slist* longer = curl_slist_append(lines.get(), line.c_str());
  FLORIN_ASSERT(longer != nullptr);
  static_cast<void>(lines.release());
  lines.reset(longer);
}

// For CURLOPT_WRITEFUNCTION; CURLOPT_WRITEDATA is a std::string. libcurl ends a transfer that exceeds it.
template <std::size_t bytes_max>
std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* to) {
  std::string& body = *static_cast<std::string*>(to);
  if (size > bytes_max - body.size()) return 0;
  body.append(bytes, size);
  return size;
}

}  // namespace florin::gateway
