// A server that is a function: what it was asked is kept, and what it answers is the test's.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "gateway/import/api.hpp"

namespace florin::importing::test {

class FakeHttp : public Http {
 public:
  using Answer = std::function<Result<HttpAnswer>(const HttpCall&)>;

  explicit FakeHttp(Answer answer) : answer_(std::move(answer)) {}

  // Tokens are given to whoever asks, one after the other.
  Result<HttpAnswer> call(const HttpCall& call) override {
    if (call.path == "/api/v1/oauth/token") {
      token_calls.push_back(call);
      return HttpAnswer{200, R"({"access_token":"t)" + std::to_string(token_calls.size()) + "\"}", 0};
    }
    calls.push_back(call);
    return answer_(call);
  }

  std::vector<HttpCall> calls, token_calls;

 private:
  Answer answer_;
};

inline std::string header(const HttpCall& call, std::string_view name) {
  for (const auto& [known, value] : call.headers)
    if (known == name) return value;
  return {};
}

// An answer with a result for each item of the batch: `status` gives the result, by the item.
template <class Status>
HttpAnswer results(const HttpCall& call, std::string_view list, Status status) {
  nlohmann::json answer{{"results", nlohmann::json::array()}, {"position", "p"}};
  const nlohmann::json batch = nlohmann::json::parse(call.body);
  for (const auto& item : batch.at(std::string(list))) {
    nlohmann::json result = status(item);
    if (result.is_string()) result = {{"status", result}, {"timestamp", "1"}};
    answer["results"].push_back(result);
  }
  return {200, answer.dump(), 0};
}

inline HttpAnswer problem(int status, std::string_view code,
                          const nlohmann::json& errors = nlohmann::json::array()) {
  return {status,
          nlohmann::json{{"status", status}, {"code", code}, {"detail", "why"}, {"errors", errors}}.dump(),
          0};
}

inline void no_wait(std::chrono::milliseconds) {}

}  // namespace florin::importing::test
