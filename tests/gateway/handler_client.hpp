// Calls a bound handler as the server would, without a socket, and waits for its answer.
#pragma once

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

#include "gateway/http/router.hpp"

namespace florin::testing {

using namespace florin::gateway;

class CapturedReply final : public Reply::Sink {
 public:
  void complete(Reply::Build build) override {
    const std::lock_guard lock(mutex_);
    if (!answer_ && !cancelled_) answer_ = build();
    changed_.notify_all();
  }
  void on_cancel(std::function<void()> cancel) override {
    const std::lock_guard lock(mutex_);
    if (!answer_) cancel_ = std::move(cancel);
  }

  void at_deadline(Reply::Build build) override {
    const std::lock_guard lock(mutex_);
    at_deadline_ = std::move(build);
  }

  bool answered_within(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return answer_.has_value(); });
  }
  Response wait() {
    REQUIRE(answered_within(std::chrono::seconds(20)));
    return *answer_;
  }
  void cancel() {
    std::function<void()> cancel;
    {
      const std::lock_guard lock(mutex_);
      cancelled_ = true;
      cancel = std::move(cancel_);
    }
    if (cancel) cancel();
  }
  // What the server does at the deadline of a call that has no answer. Gives what the handler left for it.
  std::optional<Response> expire() {
    cancel();
    const std::lock_guard lock(mutex_);
    if (!at_deadline_) return std::nullopt;
    return at_deadline_();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Response> answer_;
  std::function<void()> cancel_;
  Reply::Build at_deadline_;
  bool cancelled_ = false;
};

struct Call {
  std::string_view method, target;
  std::string body{};
  NamedValues headers{};
  AuthContext auth{BookId{1}, {PrincipalKind::client, 5}, scopes::all, 1};
  bool records = false;                                      // the body is ledger records
  std::shared_ptr<Turns> turns = std::make_shared<Turns>();  // of its connection
};

// A call that a row of the table takes; parameters that it refuses are the router's tests' concern.
inline std::shared_ptr<CapturedReply> begin(const Router& router, const Call& call) {
  const std::string_view path = call.target.substr(0, call.target.find('?'));
  const std::string_view query = path.size() == call.target.size() ? "" : call.target.substr(path.size() + 1);
  const Router::Match match = router.match(call.method, path);
  REQUIRE(match.endpoint != nullptr);
  const auto parameters = read_parameters(*match.endpoint, query);
  REQUIRE(parameters);
  auto request = std::make_shared<Request>();
  request->path = match.path;
  request->query = *parameters;
  request->headers = call.headers;
  request->body = call.body;
  request->auth = call.auth;
  request->request_id = "r-1";
  request->records = call.records;
  request->turns = call.turns;
  auto reply = std::make_shared<CapturedReply>();
  (*match.handler)(std::move(request), Reply(reply));
  return reply;
}

inline Response ask(const Router& router, const Call& call) { return begin(router, call)->wait(); }

inline std::string field(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

inline bool has(const Response& response, std::string_view text) {
  return response.body.find(text) != std::string::npos;
}

}  // namespace florin::testing
