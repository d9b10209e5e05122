#include "gateway/http/message.hpp"

#include <algorithm>

namespace florin::gateway {
namespace {

std::optional<std::string_view> find(const NamedValues& values, std::string_view name) {
  const auto found =
      std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.first == name; });
  if (found == values.end()) return std::nullopt;
  return found->second;
}

}  // namespace

std::optional<std::string_view> Request::path_value(std::string_view name) const { return find(path, name); }
std::optional<std::string_view> Request::parameter(std::string_view name) const { return find(query, name); }
std::optional<std::string_view> Request::header(std::string_view name) const { return find(headers, name); }

Response json_response(std::string body) { return {.body = std::move(body)}; }

Response to_response(const Problem& problem, std::string_view request_id) {
  const ProblemKind& what = kind(problem.code);
  Response response{.status = what.status,
                    .content_type = "application/problem+json",
                    .body = to_json(problem, request_id),
                    .problem = what.name};
  if (problem.retry_after_s > 0)
    response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after_s));
  if (!problem.challenge.empty()) response.headers.emplace_back("WWW-Authenticate", problem.challenge);
  return response;
}

}  // namespace florin::gateway
