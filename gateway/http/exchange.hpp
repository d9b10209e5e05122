// A request on its way through its connection, and what becomes its answer. Knows no socket. I/O thread.
#pragma once

#include "gateway/http/admission.hpp"
#include "gateway/http/core.hpp"
#include "gateway/http/pending_reply.hpp"
#include "gateway/http/trace.hpp"

namespace florin::gateway {

// The share of a request in the memory for all bodies, given back when the request is done.
class BodyShare {
 public:
  explicit BodyShare(Core& core) : core_(core) {}
  ~BodyShare() { core_.body_bytes -= bytes_; }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  bool take(std::size_t bytes);  // once; false when there is not as much left
  std::size_t bytes() const { return bytes_; }

 private:
  Core& core_;
  std::size_t bytes_ = 0;
};

// Copies of the header, not views: the buffer moves while the body is read.
struct Exchange {
  using Time = std::chrono::steady_clock::time_point;

  explicit Exchange(Core& core) : share(core) {}
  ~Exchange();  // nobody waits for the answer any more
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void take(const Head& head);
  void refuse(const Problem& problem);
  void refuse_rest(const Problem& problem);          // and what is behind it is not read
  void start(Core& core, asio::steady_timer& wake);  // the handler; `wake` is cancelled when its answer comes

  bool answered() const { return answer().has_value() || (pending && pending->answered()); }
  bool expire(Time now);  // true: without an answer at the deadline, so that is now the answer
  Response& settle();     // the answer, complete; of one that is not answered yet, that there is none

  std::size_t promised_body_bytes(const ServerLimits& limits) const;
  const std::string& request_id() const { return trace.request_id; }
  std::optional<Response>& answer() { return admission.answer; }
  const std::optional<Response>& answer() const { return admission.answer; }
  AccessRecord record(std::size_t bytes_out) const;

  std::string_view method;
  bool http_1_1 = true, head_only = false;
  bool chunked = false, expects_continue = false;
  bool last = true;  // nothing behind this request is read
  std::optional<std::uint64_t> content_length;
  Trace trace;
  Admission admission;
  BodyShare share;
  std::shared_ptr<PendingReply> pending;  // while the handler has the request
  Time started = std::chrono::steady_clock::now();
  Time deadline = Time::min();  // of the handler
  std::size_t bytes_in = 0;
};

}  // namespace florin::gateway
