#include "gateway/http/router.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"
#include "engine/base/hex.hpp"

namespace florin::gateway {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_name(std::string_view segment) { return segment.starts_with('{'); }

std::ptrdiff_t names_in(const std::vector<std::string_view>& pattern) {
  return std::count_if(pattern.begin(), pattern.end(), is_name);
}

bool matches(const std::vector<std::string_view>& pattern, const std::vector<std::string>& path) {
  return std::equal(
      pattern.begin(), pattern.end(), path.begin(), path.end(),
      [](std::string_view p, const std::string& s) { return is_name(p) ? !s.empty() : p == s; });
}

FieldError parameter_error(std::string_view name, std::string_view code, std::string detail) {
  return {.place = FieldError::Place::parameter,
          .at = std::string(name.substr(0, 64)),
          .code = std::string(code),
          .detail = std::move(detail)};
}

// "metadata[]" stands for "metadata[KEY]" with any key.
bool is_called(std::string_view name, std::string_view pattern) {
  if (!pattern.ends_with("[]")) return name == pattern;
  return name.size() > pattern.size() && name.ends_with(']') &&
         name.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::optional<FieldError> check_parameter(const Endpoint& endpoint, const NamedValues& before,
                                          const std::string& name, const std::string& value) {
  const auto& allowed = endpoint.parameters;
  const auto pattern =
      std::find_if(allowed.begin(), allowed.end(), [&](auto known) { return is_called(name, known); });
  if (pattern == allowed.end())
    return parameter_error(name, "unknown_parameter", "There is no such parameter here.");
  if (pattern->ends_with("[]")) return std::nullopt;
  if (value.empty()) return parameter_error(name, "empty", "A parameter that is given must have a value.");
  if (std::any_of(before.begin(), before.end(), [&](const auto& other) { return other.first == name; }))
    return parameter_error(name, "repeated", "A parameter may be given only once.");
  return std::nullopt;
}

}  // namespace

std::vector<std::string_view> caller_queries() {
  std::vector<std::string_view> operations;
  for (const Endpoint& endpoint : api_endpoints())
    if (endpoint.call == CallKind::query && endpoint.needs_caller())
      operations.push_back(endpoint.operation_id);
  return operations;
}

Router::Router(std::span<const Endpoint> endpoints) {
  for (const Endpoint& endpoint : endpoints)
    rows_.push_back({endpoint, split(endpoint.pattern, '/'), nullptr});
}

void Router::bind(std::string_view operation_id, Handler handler) {
  const auto row = std::find_if(rows_.begin(), rows_.end(),
                                [&](const Row& r) { return r.endpoint.operation_id == operation_id; });
  FLORIN_ASSERT(row != rows_.end() && !row->handler && handler);
  row->handler = std::move(handler);
}

void Router::leave_out_unbound() {
  std::erase_if(rows_, [](const Row& row) { return !row.handler; });
}

const Handler& Router::handler(std::string_view operation_id) const {
  const auto row = std::find_if(rows_.begin(), rows_.end(),
                                [&](const Row& r) { return r.endpoint.operation_id == operation_id; });
  FLORIN_ASSERT(row != rows_.end() && row->handler);
  return row->handler;
}

std::vector<std::string_view> Router::unbound() const {
  std::vector<std::string_view> names;
  for (const Row& row : rows_)
    if (!row.handler) names.push_back(row.endpoint.operation_id);
  return names;
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  std::vector<std::string> segments;
  for (const std::string_view raw : split(path, '/')) {
    auto segment = percent_decode(raw);
    if (!segment) return match;  // no path of ours
    segments.push_back(std::move(*segment));
  }
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  const bool exact = std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) {
    return names_in(row.segments) == 0 && matches(row.segments, segments);
  });
  for (const Row& row : rows_) {
    if (!matches(row.segments, segments) || (exact && names_in(row.segments) > 0)) continue;
    match.allow += std::string(row.endpoint.method) + ", ";
    if (row.endpoint.method == "GET") match.allow += "HEAD, ";
    if (row.endpoint.method != wanted) continue;
    match.endpoint = &row.endpoint;
    match.handler = &row.handler;
    for (std::size_t i = 0; i < segments.size(); ++i)
      if (is_name(row.segments[i]))
        match.path.emplace_back(row.segments[i].substr(1, row.segments[i].size() - 2), segments[i]);
  }
  if (!match.allow.empty()) match.allow += "OPTIONS";
  return match;
}

tl::expected<NamedValues, Problem> read_parameters(const Endpoint& endpoint, std::string_view query) {
  auto pairs = parse_form(query);
  if (!pairs) {
    Problem problem{.code = ProblemCode::parameter_invalid,
                    .detail = "The query is not a list of name=value with well-formed percent-encoding."};
    return tl::unexpected(std::move(problem));
  }
  FieldErrors errors;
  NamedValues values;
  for (auto& [name, value] : *pairs) {
    if (auto error = check_parameter(endpoint, values, name, value)) errors.add(std::move(*error));
    else values.emplace_back(std::move(name), std::move(value));
  }
  if (errors.empty()) return values;
  Problem problem{.code = ProblemCode::parameter_invalid, .detail = "Parameters of the query are wrong."};
  problem.errors = errors.take();
  return tl::unexpected(std::move(problem));
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto byte = from_hex(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    out += static_cast<char>(byte->front());
    i += 2;
  }
  return out;
}

std::optional<NamedValues> parse_form(std::string_view text) {
  NamedValues values;
  if (text.empty()) return values;
  const auto decode = [&](std::string_view part) {
    std::string spaced(part);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced);
  };
  for (const std::string_view pair : split(text, '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals));
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value || name->empty()) return std::nullopt;
    values.emplace_back(std::move(*name), std::move(*value));
  }
  return values;
}

}  // namespace florin::gateway
