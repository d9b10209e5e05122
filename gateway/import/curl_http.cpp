#include "gateway/import/curl_http.hpp"

#include "gateway/outbound/curl.hpp"

namespace florin::importing {
namespace {

gateway::CurlLines header_lines(const HttpCall& call) {
  gateway::CurlLines lines;
  gateway::add_line(lines, "Expect:");  // libcurl would wait for "100 Continue" before a long body
  for (const auto& [name, value] : call.headers) gateway::add_line(lines, name + ": " + value);
  return lines;
}

class CurlHttp : public Http {
 public:
  CurlHttp(std::string url, std::string authorities)
      : url_(std::move(url)), authorities_(std::move(authorities)), handle_(curl_easy_init()) {
    FLORIN_ASSERT(handle_ != nullptr);
  }

  Result<HttpAnswer> call(const HttpCall& call) override {
    CURL* curl = handle_.get();
    curl_easy_reset(curl);  // keeps the connection
    HttpAnswer answer;
    const std::string url = url_ + call.path;
    const gateway::CurlLines headers = header_lines(call);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, http_connect_ms_max);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, http_call_ms_max);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, gateway::take_body<http_answer_bytes_max>);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    if (!authorities_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, authorities_.c_str());
    if (call.method == "POST") {
      curl_easy_setopt(curl, CURLOPT_POST, 1L);
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.data());
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    }
    const CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OPERATION_TIMEDOUT) return fail(Errc::deadline, url_ + " did not answer in time");
    if (code != CURLE_OK) return fail(Errc::io, url_ + ": " + curl_easy_strerror(code));
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
    answer.status = static_cast<int>(status);
    answer.retry_after_s = static_cast<unsigned>(retry_after);
    return answer;
  }

 private:
  std::string url_, authorities_;
  gateway::CurlHandle handle_;
};

}  // namespace

Result<std::unique_ptr<Http>> open_http(const std::string& url, const std::string& authorities) {
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return fail(Errc::invalid_argument, "--url takes the server's address, such as http://127.0.0.1:8000");
  std::string trimmed = url;
  while (trimmed.ends_with('/')) trimmed.pop_back();
  return std::make_unique<CurlHttp>(std::move(trimmed), authorities);
}

}  // namespace florin::importing
