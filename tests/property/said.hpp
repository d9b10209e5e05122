// What an event of the core says, in the model's words.
#pragma once

#include <optional>
#include <string_view>

#include "tests/property/model.hpp"

namespace florin::property {

// What happened, or would have in a dry run; none when an event is a preview and should not be, or the other
// way round.
std::optional<EventBody> body_of(const Event& event, bool dry_run);

Answer read(const Event& event);

// Which item something is about. Kinds are "account", "transfer", "transaction", "metadata", "limits".
struct About {
  std::string_view kind;
  u128 id = 0;
  friend bool operator==(const About&, const About&) = default;
};
About about(const EventBody& body);
About about(const BulkItem& item);

}  // namespace florin::property
