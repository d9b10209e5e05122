// The API as an import needs it: a token that is renewed, calls that are made again after a failure of the
// network or a "not now" of the server. Everything that is sent is idempotent by its id, so that making a
// call again is always right.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "gateway/import/http.hpp"

namespace florin::importing {

inline constexpr unsigned api_attempts_max = 10;                 // of one call
inline constexpr std::chrono::milliseconds api_first_wait{200};  // doubled from one attempt to the next
inline constexpr std::chrono::milliseconds api_wait_max{10'000};
inline constexpr unsigned api_retry_after_s_max = 60;

struct Credentials {
  std::string client_id, client_secret;
};

// What a problem (RFC 9457) says of one item of a batch.
struct ItemError {
  std::size_t item = 0;
  std::string code, detail;
};

// An answer that is not 200, read.
struct ApiProblem {
  int status = 0;
  std::string code, detail;
  std::vector<ItemError> items;  // in which of the batch's items the faults are
};

class Api {
 public:
  using Wait = std::function<void(std::chrono::milliseconds)>;

  Api(Http& http, Credentials credentials, Wait wait)
      : http_(http), credentials_(std::move(credentials)), wait_(std::move(wait)) {}

  // `path` from /api/v1 on. Gives the last answer, whatever its status. Errors: those of Http after the last
  // attempt, and permission when there is no token to be had.
  Result<HttpAnswer> get(const std::string& path) { return call({"GET", path, {}, {}}); }
  Result<HttpAnswer> post(const std::string& path, std::string body);

 private:
  Result<HttpAnswer> call(HttpCall call);
  Result<HttpAnswer> patient_call(const HttpCall& call);
  Result<void> renew_token();

  Http& http_;
  Credentials credentials_;
  Wait wait_;
  std::string token_;
};

// `list` is the name of the batch's array, to which the pointers lead.
ApiProblem read_problem(const HttpAnswer& answer, const std::string& list);
std::string to_text(const ApiProblem& problem);
// `call` was answered with a problem that no item is to blame for: permission, or io when it is not that the
// client may not. Never invalid_argument, which is about the options of the import.
tl::unexpected<Error> refused_call(const std::string& call, const ApiProblem& problem);

}  // namespace florin::importing
