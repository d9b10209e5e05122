// The answer of a command: a result for each item, in order, and the position.
#pragma once

#include "gateway/appender/appender.hpp"
#include "gateway/http/message.hpp"

namespace florin::gateway {

// How the client speaks: it is answered in the same form.
enum class Form : std::uint8_t { json, records };

// How a command was said, and so how it is answered.
struct Shape {
  std::string_view list{};  // the member that lists its items; empty when the body is the one item
  Form form = Form::json;
  std::vector<std::string_view> kinds{};  // of the items, in order, where each result tells its own
};

// 200 with {"results":[{"status","timestamp",...}...],"position"}, also when every item failed; the same
// outcome gives the same bytes, and a header more when it is replayed; in the form of records, those results
// alone. Or the problem of a command that was refused as a whole.
Response batch_response(const Outcome& outcome, BookId book, const Shape& shape, std::string_view request_id);

}  // namespace florin::gateway
