#include "gateway/import/api.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/hex.hpp"
#include "schemas/money.hpp"

namespace florin::importing {
namespace {

using nlohmann::json;

constexpr std::string_view api_root = "/api/v1";

// Nothing was accepted, or it is not known: the same call is asked again.
bool not_now(int status) {
  return status == 408 || status == 429 || status == 502 || status == 503 || status == 504;
}

std::string text_of(const json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The id and the secret are form-encoded before they are joined (RFC 6749 section 2.3.1).
std::string form_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (plain) out += c;
    else out += "%" + to_hex({&byte, 1});
  }
  return out;
}

}  // namespace

Result<HttpAnswer> Api::post(const std::string& path, std::string body) {
  return call({"POST", path, {{"Content-Type", "application/json"}}, std::move(body)});
}

Result<HttpAnswer> Api::call(HttpCall call) {
  call.path.insert(0, api_root);
  call.headers.emplace_back("Authorization", "");
  for (int tokens = 0;; ++tokens) {
    if (token_.empty()) FLORIN_TRY(renew_token());
    call.headers.back().second = "Bearer " + token_;
    FLORIN_TRY_ASSIGN(HttpAnswer answer, patient_call(call));
    if (answer.status != 401 || tokens > 0) return answer;
    token_.clear();  // it has expired
  }
}

Result<HttpAnswer> Api::patient_call(const HttpCall& call) {
  auto wait = api_first_wait;
  for (unsigned attempt = 1;; ++attempt) {
    auto answer = http_.call(call);
    if (answer && !not_now(answer->status)) return answer;
    if (attempt == api_attempts_max) return answer;
    const unsigned asked_s = answer ? std::min(answer->retry_after_s, api_retry_after_s_max) : 0;
    wait_(std::max(wait, std::chrono::milliseconds(1000 * asked_s)));
    wait = std::min(2 * wait, api_wait_max);
  }
}

Result<void> Api::renew_token() {
  const std::string pair =
      form_encoded(credentials_.client_id) + ":" + form_encoded(credentials_.client_secret);
  FLORIN_TRY_ASSIGN(const HttpAnswer answer,
                    patient_call({"POST",
                                  std::string(api_root) + "/oauth/token",
                                  {{"Content-Type", "application/x-www-form-urlencoded"},
                                   {"Authorization", "Basic " + to_base64(as_bytes(pair))}},
                                  "grant_type=client_credentials"}));
  const json body = json::parse(answer.body, nullptr, false);
  if (answer.status == 200 && body.is_object()) token_ = text_of(body, "access_token");
  if (!token_.empty()) return {};
  return fail(Errc::permission, "the server gives no token: " + to_text(read_problem(answer, {})));
}

ApiProblem read_problem(const HttpAnswer& answer, const std::string& list) {
  ApiProblem problem;
  problem.status = answer.status;
  const json body = json::parse(answer.body, nullptr, false);
  if (!body.is_object()) return problem;
  problem.code = text_of(body, "code");
  problem.detail = text_of(body, "detail");
  const std::string prefix = "/" + list + "/";
  for (const json& error : body.value("errors", json::array())) {
    if (!error.is_object()) continue;
    const std::string pointer = text_of(error, "pointer");
    if (!pointer.starts_with(prefix)) continue;
    const std::string_view rest = std::string_view(pointer).substr(prefix.size());
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto item = parse_decimal(rest.substr(0, slash), ~std::uint32_t{0});
    if (!item) continue;
    std::string where = slash == rest.size() ? std::string() : std::string(rest.substr(slash + 1)) + ": ";
    problem.items.push_back(
        {static_cast<std::size_t>(*item), text_of(error, "code"), where + text_of(error, "detail")});
  }
  return problem;
}

std::string to_text(const ApiProblem& problem) {
  std::string text = std::to_string(problem.status);
  if (!problem.code.empty()) text += " " + problem.code;
  if (!problem.detail.empty()) text += ": " + problem.detail;
  return text;
}

tl::unexpected<Error> refused_call(const std::string& call, const ApiProblem& problem) {
  const bool forbidden = problem.status == 401 || problem.status == 403;
  return fail(forbidden ? Errc::permission : Errc::io, call + " was answered with " + to_text(problem));
}

}  // namespace florin::importing
