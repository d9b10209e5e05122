#include "gateway/outbound/question.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace florin::gateway {
namespace {

constexpr long status_misdirected = 421;
// Of a projector's answer; the server adds its own beside them.
constexpr const char* passed_headers[] = {"Florin-Position", "Retry-After"};

long status_of(CURL* handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

const char* header(CURL* handle, const char* name) {
  curl_header* found = nullptr;
  return curl_easy_header(handle, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ? found->value : nullptr;
}

}  // namespace

Question::Question(RequestPtr request, PartitionId partition, const std::string& authorization, Reply reply,
                   Time deadline)
    : request_(std::move(request)),
      partition_(partition),
      reply_(std::move(reply)),
      deadline_(deadline),
      handle_(curl_easy_init()) {
  FLORIN_ASSERT(handle_ != nullptr);
  add_line(headers_, "Authorization: " + authorization);
  add_line(headers_, "X-Request-Id: " + request_->request_id);
}

CURL* Question::prepare(const std::string& server, Time now) {
  CURL* curl = handle_.get();
  body_.clear();
  curl_easy_reset(curl);
  const std::string url = "http://" + server + request_->target;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - now).count();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(projector_connect_max.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(left, 1)));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body<projector_answer_bytes_max>);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body_);
  return curl;
}

bool Question::misdirected() const { return status_of(handle_.get()) == status_misdirected; }

void Question::answer() const {
  Response response;
  response.status = static_cast<unsigned>(status_of(handle_.get()));
  if (const char* type = header(handle_.get(), "Content-Type")) response.content_type = type;
  for (const char* name : passed_headers)
    if (const char* value = header(handle_.get(), name)) response.headers.emplace_back(name, value);
  response.body = body_;
  reply_.send(std::move(response));
}

void Question::refuse(const Problem& problem) const {
  reply_.send(to_response(problem, request_->request_id));
}

}  // namespace florin::gateway
