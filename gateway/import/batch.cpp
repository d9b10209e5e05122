#include "gateway/import/batch.hpp"

#include <nlohmann/json.hpp>

#include "gateway/import/api.hpp"

namespace florin::importing {

using nlohmann::json;

std::string body_of(const Target& target, std::span<const Item> batch, bool dry_run) {
  std::string body = "{\"" + target.list + "\":[";
  for (const Item& item : batch) {
    if (&item != &batch.front()) body += ',';
    body += item.json;
  }
  return body + (dry_run ? "],\"dry_run\":true}" : "]}");
}

Result<BatchResults> read_results(const HttpAnswer& answer, const Target& target, std::size_t count) {
  const std::string call = "POST " + target.path;
  if (answer.status != 200) return refused_call(call, read_problem(answer, target.list));
  json body = json::parse(answer.body, nullptr, false);
  json results = body.is_object() ? std::move(body["results"]) : json();
  if (!results.is_array() || results.size() != count)
    return fail(Errc::format,
                call + " was answered with something else than " + std::to_string(count) + " results");
  return BatchResults{std::move(results.get_ref<json::array_t&>()), text_of(body, "position")};
}

std::string text_of(const json& object, const char* member) {
  if (!object.is_object()) return {};
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace florin::importing
