// Whatever bytes come, the decoders of headers, commands and events refuse them, or give values whose own
// encoding is the very same bytes.
#include <cstddef>
#include <cstdint>

#include "engine/base/assert.hpp"
#include "engine/base/bytes.hpp"
#include "schemas/commands.hpp"
#include "schemas/events.hpp"

namespace {

using florin::Bytes;
using florin::ByteView;

void check_commands(ByteView payload, std::uint32_t count) {
  const auto commands = florin::decode_commands(payload, count);
  if (!commands) return;
  Bytes again;
  for (const auto& command : *commands) florin::encode_command(command, again);
  FLORIN_ASSERT(again == Bytes(payload.begin(), payload.end()));
}

void check_events(ByteView payload, std::uint32_t count) {
  const auto events = florin::decode_events(payload, count);
  if (!events) return;
  Bytes again;
  for (const auto& event : *events) florin::encode_event(event, again);
  FLORIN_ASSERT(again == Bytes(payload.begin(), payload.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint32_t count = data[0] % 4 + 1u;
  const ByteView bytes(data + 1, size - 1);
  check_commands(bytes, count);
  check_events(bytes, count);
  if (const auto header = florin::decode_record_header(bytes))
    FLORIN_ASSERT(florin::encode_record_header(*header) == Bytes(bytes.begin(), bytes.end()));
  if (const auto header = florin::decode_event_record_header(bytes))
    FLORIN_ASSERT(florin::encode_event_record_header(*header) == Bytes(bytes.begin(), bytes.end()));
  return 0;
}
