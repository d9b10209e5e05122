// What becomes of a request once its header is known and before its body is read: routed, authenticated,
// limited, or refused. The ladder of checks, without a socket. I/O thread.
#pragma once

#include "gateway/http/guard.hpp"
#include "gateway/http/server.hpp"

namespace florin::gateway {

struct Admission {
  const Endpoint* endpoint = nullptr;  // null when no row of the table was found
  const Handler* handler = nullptr;
  std::shared_ptr<Request> request = std::make_shared<Request>();  // complete but for the body
  std::optional<Response> answer;  // already: a refusal, or what needs no handler
  NamedValues headers;             // to add to whatever the answer is
};

Admission admit(const Head& head, const Site& site, const ServerLimits& limits, std::string request_id,
                RateLimiter::Time now);

// The problem of a header that the guard refused.
Problem guard_problem(GuardRefusal refusal);
Problem too_large_problem(const ServerLimits& limits);

}  // namespace florin::gateway
