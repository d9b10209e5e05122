#include "schemas/events.hpp"

#include <array>

#include "engine/base/assert.hpp"
#include "engine/base/codec.hpp"

// event_record_header := format:u16 partition:u32 ordinal:u64 command_record:32 part:u32 last:u8 first:u64
// count:u32
//                        previous:32 key:u32

namespace florin {
namespace {

struct KindRow {
  std::uint16_t kind;
  std::string_view name;
};

// In the order of EventBody.
constexpr std::array<KindRow, 26> kinds{{
    {1, "genesis_recorded"},     {2, "appender_opened"},
    {3, "key_activated"},        {4, "ticked"},
    {8, "ruleset_activated"},    {5, "record_skipped"},
    {6, "command_refused"},      {7, "command_repeated"},
    {16, "book_opened"},         {17, "client_created"},
    {18, "client_revoked"},      {19, "book_placed"},
    {32, "ledger_opened"},       {33, "ledger_refused"},
    {34, "account_created"},     {35, "account_refused"},
    {36, "transfer_created"},    {37, "transfer_refused"},
    {38, "transfer_expired"},    {39, "transaction_created"},
    {40, "transaction_refused"}, {41, "metadata_set"},
    {42, "metadata_refused"},    {43, "limits_set"},
    {44, "limits_refused"},      {45, "previewed"},
}};
static_assert(std::variant_size_v<EventBody> == kinds.size());

}  // namespace

std::uint16_t kind(const EventBody& body) { return kinds[body.index()].kind; }
std::string_view name(const EventBody& body) { return kinds[body.index()].name; }

Bytes encode_event_record_header(const EventRecordHeader& header) {
  Bytes bytes;
  bytes.reserve(event_record_header_bytes);
  Writer out(bytes);
  out.fixed(header.format);
  out.fixed(header.partition.value);
  out.fixed(header.ordinal.value);
  out.raw(header.command_record);
  out.fixed(header.part);
  out.fixed(static_cast<std::uint8_t>(header.last));
  out.fixed(header.first.value);
  out.fixed(header.count);
  out.raw(header.previous);
  out.fixed(header.key.value);
  FLORIN_ASSERT(bytes.size() == event_record_header_bytes);
  return bytes;
}

Result<EventRecordHeader> decode_event_record_header(ByteView bytes) {
  Reader in(bytes);
  EventRecordHeader header;
  header.format = in.fixed<std::uint16_t>();
  header.partition.value = in.fixed<std::uint32_t>();
  header.ordinal.value = in.fixed<std::uint64_t>();
  header.command_record = in.hash();
  header.part = in.fixed<std::uint32_t>();
  const auto last = in.fixed<std::uint8_t>();
  header.last = last == 1;
  header.first.value = in.fixed<std::uint64_t>();
  header.count = in.fixed<std::uint32_t>();
  header.previous = in.hash();
  header.key.value = in.fixed<std::uint32_t>();
  if (!in.done() || last > 1) return fail(Errc::format, "an event record header does not follow its grammar");
  if (header.format != event_format)
    return fail(Errc::format,
                "event format " + std::to_string(header.format) + " is not known to this program");
  if (header.count == 0 || header.first.value == 0)
    return fail(Errc::format, "an event record header names no event");
  return header;
}

}  // namespace florin
