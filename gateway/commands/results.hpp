// The answer of a batch: a result for each item, in order, and the position.
#pragma once

#include "gateway/appender/appender.hpp"
#include "gateway/http/message.hpp"

namespace florin::gateway {

// 200 with {"results":[{"status","timestamp"}...],"position"}, also when every item failed; the same outcome
// gives the same bytes. Or the problem of a command that was refused as a whole; `list` names the items in
// its pointer.
Response batch_response(const Outcome& outcome, BookId book, std::string_view list,
                        std::string_view request_id);

}  // namespace florin::gateway
