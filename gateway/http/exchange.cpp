#include "gateway/http/exchange.hpp"

namespace florin::gateway {
namespace {

// A name of the method that logs and metrics can have, whatever a client makes up.
std::string_view known_method(std::string_view method) {
  for (const std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
    if (method == known) return known;
  return "OTHER";
}

// Runs code of a handler. This is the edge: an exception ends here, as a 500.
template <class Run>
std::optional<Response> guarded(Run run, std::string_view request_id) {
  try {
    return run();
  } catch (const std::exception&) {
    return to_response(
        {.code = ProblemCode::internal_error, .detail = "The server failed. Its log names the request id."},
        request_id);
  }
}

}  // namespace

bool BodyShare::take(std::size_t bytes) {
  if (core_.body_bytes + bytes > core_.limits.bodies_bytes_max) return false;
  bytes_ = bytes;
  core_.body_bytes += bytes;
  return true;
}

Exchange::~Exchange() {
  if (pending) pending->close();
}

void Exchange::take(const Head& head) {
  method = known_method(head.method);
  http_1_1 = head.http_1_1;
  head_only = head.method == "HEAD";
  last = !head.keep_alive();
  chunked = head.chunked;
  content_length = head.content_length;
  expects_continue = http_1_1 && head.has_body() && head.field("expect").has_value();
  trace = make_trace(head.field("x-request-id"), head.field("traceparent"));
}

void Exchange::refuse(const Problem& problem) {
  if (trace.request_id.empty()) trace = make_trace(std::nullopt, std::nullopt);
  answer() = to_response(problem, request_id());
}

void Exchange::refuse_rest(const Problem& problem) {
  last = true;
  refuse(problem);
}

void Exchange::start(Core& core, asio::steady_timer& wake) {
  deadline = std::chrono::steady_clock::now() + core.limits.handler;
  pending = std::make_shared<PendingReply>(core.io, wake);
  const auto call = [this]() -> std::optional<Response> {
    (*admission.handler)(admission.request, Reply(pending));
    return std::nullopt;
  };
  answer() = guarded(call, request_id());
}

bool Exchange::expire(Time now) {
  if (now < deadline || answered()) return false;
  settle();
  return true;
}

Response& Exchange::settle() {
  if (pending) {
    const auto build = pending->close();
    pending.reset();
    const auto run = [&build]() -> std::optional<Response> { return (*build)(); };
    if (!answer() && build) answer() = guarded(run, request_id());
    if (!answer()) answer() = to_response(deadline_problem(admission.endpoint->call), request_id());
  }
  for (auto& header : admission.headers) answer()->headers.push_back(std::move(header));
  admission.headers.clear();
  return *answer();
}

std::size_t Exchange::promised_body_bytes(const ServerLimits& limits) const {
  return chunked ? limits.body_bytes_max : content_length.value_or(0);
}

AccessRecord Exchange::record(std::size_t bytes_out) const {
  const Endpoint* endpoint = admission.endpoint;
  return {.method = method,
          .route = endpoint != nullptr ? endpoint->pattern : std::string_view{},
          .operation_id = endpoint != nullptr ? endpoint->operation_id : std::string_view{},
          .status = answer()->status,
          .duration = std::chrono::steady_clock::now() - started,
          .bytes_in = bytes_in,
          .bytes_out = bytes_out,
          .request_id = request_id(),
          .trace_id = trace.trace_id,
          .problem = answer()->problem,
          .principal = admission.request->auth.principal};
}

}  // namespace florin::gateway
