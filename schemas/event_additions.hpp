// The bodies of the events that Florin adds to TigerBeetle's data model: their encoding, for event_codec.cpp.
#pragma once

#include "engine/base/codec.hpp"
#include "schemas/events.hpp"

namespace florin {

inline constexpr std::uint16_t event_additions_first = 39, event_additions_last = 45;

void write_available(Writer& out, const std::optional<Available>& available);
std::optional<Available> read_available(Reader& in);

void write_addition(Writer& out, const TransactionCreated& body);
void write_addition(Writer& out, const TransactionRefused& body);
void write_addition(Writer& out, const MetadataSet& body);
void write_addition(Writer& out, const MetadataRefused& body);
void write_addition(Writer& out, const LimitsSet& body);
void write_addition(Writer& out, const LimitsRefused& body);
void write_addition(Writer& out, const Previewed& body);

// The body of a kind from event_additions_first to event_additions_last.
EventBody read_addition(Reader& in, std::uint16_t kind);

// A status as events say it: never that of success, which has an event of its own.
template <class Status>
Status read_refusal(Reader& in) {
  constexpr std::uint32_t success = 0xffffffff;
  const auto number = in.varint<std::uint32_t>();
  const auto status = static_cast<Status>(number);
  if (number == success || name(status) == "unknown") in.fail();
  return status;
}

}  // namespace florin
