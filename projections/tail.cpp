#include "projections/tail.hpp"

#include "engine/base/assert.hpp"
#include "projections/rows.hpp"

namespace florin::projections {
namespace {

constexpr std::uint8_t table_position = 0;

tl::unexpected<Error> forked(Sequence at) {
  return fail(Errc::corrupt,
              "the event record at sequence " + to_string(at) +
                  " belongs to another chain than the events that were applied before; find out "
                  "which event log is the right one before anything is rebuilt");
}

}  // namespace

Result<Step> next_step(const Tail& tail, const EventBatch& record) {
  const Sequence first = record.header.first;
  const Sequence last{record.next().value - 1};
  if (record.events.empty() || record.events.size() != record.header.count)
    return fail(Errc::corrupt, "the event record at sequence " + to_string(first) + " does not hold the " +
                                   std::to_string(record.header.count) + " events that its header names");
  if (last < tail.position) return Step::drop;  // its successors name it by hash, down to the tail
  if (last == tail.position) {
    if (record.hash != tail.hash) return forked(first);
    return Step::drop;
  }
  if (first > tail.next())
    return fail(Errc::corrupt, "the event log goes on with sequence " + to_string(first) + " where " +
                                   to_string(tail.next()) +
                                   " was expected; the events between them are missing");
  if (first < tail.next() || record.header.previous != tail.hash) return forked(first);
  return Step::apply;
}

Result<void> check_same(const Tail& tail, const EventBatch& record) {
  if (tail_after(record) != tail) return forked(record.header.first);
  return {};
}

Tail tail_after(const EventBatch& record) {
  FLORIN_ASSERT(record.next().value > 0);
  return {{record.next().value - 1}, record.hash};
}

Bytes position_key() { return row_key(table_position); }

Bytes encode(const PositionRow& row) {
  Bytes bytes;
  Writer out(bytes);
  out.fixed(row.schema);
  out.fixed(row.tail.position.value);
  out.raw(row.tail.hash);
  return bytes;
}

Result<PositionRow> decode_position(ByteView value) {
  Reader in(value);
  PositionRow row;
  row.schema = in.fixed<std::uint32_t>();
  row.tail.position.value = in.fixed<std::uint64_t>();
  row.tail.hash = in.hash();
  if (!in.done()) return fail(Errc::corrupt, "the position row does not follow its grammar");
  return row;
}

}  // namespace florin::projections
