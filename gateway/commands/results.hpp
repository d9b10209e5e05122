// The answer of a command: a result for each item, in order, and the position.
#pragma once

#include "gateway/appender/appender.hpp"
#include "gateway/http/message.hpp"

namespace florin::gateway {

// Where a command's items stand in its body, for the pointer of a refusal.
struct Shape {
  std::string_view list{};  // the member that lists them; empty when the body is the one item
  bool kinds = false;       // each result tells the kind of its item
};

// How the client speaks: it is answered in the same form.
enum class Form : std::uint8_t { json, records };

// 200 with {"results":[{"status","timestamp",...}...],"position"}, also when every item failed; the same
// outcome gives the same bytes; in the form of records, those results alone. Or the problem of a command that
// was refused as a whole.
Response batch_response(const Outcome& outcome, BookId book, const Shape& shape, Form form,
                        std::string_view request_id);

}  // namespace florin::gateway
