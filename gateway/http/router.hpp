// The table of endpoints, and the way from a request line to its row.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.hpp"

namespace florin::gateway {

enum class BodyKind : std::uint8_t { none, json, form, json_or_records };

struct Endpoint {
  std::string_view method;
  std::string_view pattern;  // "/api/v1/ledger/accounts/{id}"
  std::string_view operation_id;
  std::uint16_t scope = 0;  // one bit of florin::scopes; 0 = public
  BodyKind body = BodyKind::none;
  CallKind call = CallKind::query;
  // Allowed in the query; any other is refused. "metadata[]" is any of each key: metadata[KEY]=VALUE.
  std::vector<std::string_view> parameters{};

  bool needs_caller() const { return scope != 0; }
};

// The public API: the one table that the server, the OpenAPI document and the metrics agree on.
std::span<const Endpoint> api_endpoints();
std::vector<std::string_view> caller_queries();  // its operations that are queries of a caller

// Built at start, then read by the I/O thread only.
class Router {
 public:
  explicit Router(std::span<const Endpoint> endpoints);

  // The operation must be in the table and not be bound yet.
  void bind(std::string_view operation_id, Handler handler);
  const Handler& handler(std::string_view operation_id) const;  // of a bound one
  std::vector<std::string_view> unbound()
      const;                 // operations without a handler; must be empty before serving
  void leave_out_unbound();  // a process with some of the roles serves some of the operations

  struct Match {
    const Endpoint* endpoint =
        nullptr;  // null when there is none: not_found, or method_not_allowed when `allow` is given
    const Handler* handler = nullptr;
    NamedValues path;
    std::string allow;  // the methods of a path that exists, for 405 and OPTIONS
  };
  // HEAD finds the row of GET. A path that is in the table as it stands is not taken for a named part.
  Match match(std::string_view method, std::string_view path) const;

 private:
  struct Row {
    Endpoint endpoint;
    std::vector<std::string_view> segments;
    Handler handler;
  };
  std::vector<Row> rows_;
};

// The parameters of a query ("a=1&b=2"): allowed by the endpoint, none empty, none twice, or
// parameter_invalid. Those that are any of each key may be both: an empty value is one that can be stored.
tl::expected<NamedValues, Problem> read_parameters(const Endpoint& endpoint, std::string_view query);

// "%41" to "A"; none when a percent sign is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);
// Pairs of application/x-www-form-urlencoded text (WHATWG URL, 5.1), a body or a query: client libraries
// write both alike, a space as a plus. None when it is not well-formed.
std::optional<NamedValues> parse_form(std::string_view text);

}  // namespace florin::gateway
