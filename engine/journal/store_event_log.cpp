#include "engine/journal/store_event_log.hpp"

#include <algorithm>
#include <limits>

#include "engine/base/assert.hpp"
#include "engine/base/big_endian.hpp"
#include "engine/base/hash.hpp"

namespace florin {

namespace {

constexpr std::size_t event_row_key_bytes = 1 + sizeof(std::uint64_t);

Result<Sequence> decode_row_key(ByteView key) {
  if (key.size() != event_row_key_bytes || key.front() != event_row_prefix)
    return fail(Errc::format, "the store holds an event row whose key is not a sequence");
  Sequence first;
  for (const std::uint8_t byte : key.subspan(1)) first.value = first.value << 8 | byte;
  return first;
}

tl::unexpected<Error> damaged_events(Sequence sequence, const std::string& what) {
  return fail(Errc::corrupt, "the stored events at sequence " + to_string(sequence) +
                                 " are damaged: " + what +
                                 "; drop the engine's state and let it be computed again from the journal");
}

}  // namespace

Bytes event_row_key(Sequence first) {
  Bytes key;
  key.reserve(event_row_key_bytes);
  key.push_back(event_row_prefix);
  add_big_endian(key, first.value);
  return key;
}

Result<std::unique_ptr<StoreEventLog>> StoreEventLog::open(const Store& store, const Envelope& envelope,
                                                           StoreEventLogOptions options) {
  std::unique_ptr<StoreEventLog> log(new StoreEventLog(store, envelope, options));
  FLORIN_TRY(log->restore());
  return log;
}

Result<void> StoreEventLog::restore() {
  FLORIN_TRY_ASSIGN(const std::optional<Row> last,
                    last_row_at_or_before({std::numeric_limits<std::uint64_t>::max()}));
  if (!last) return {};
  FLORIN_TRY_ASSIGN(EventBatchPtr batch, open_row(*last));
  chain_ = {batch->next(), batch->hash, batch->header.ordinal};
  tail_.push(std::move(batch), last->sealed.size());
  next_.raise(chain_.next.value);
  return {};
}

Result<void> StoreEventLog::stage(EventRecord record, StoreBatch& batch) {
  FLORIN_TRY_ASSIGN(const EventChain::Place place, chain_.place(*record.batch));
  const Sequence first = record.batch->header.first;
  if (place == EventChain::Place::before) {
    if (const auto known = tail_.hash_at(first)) return check_staged_again(*record.batch, known);
    FLORIN_TRY_ASSIGN(const std::optional<Bytes> row, store_.get(event_row_key(first)));
    return check_staged_again(*record.batch, row ? std::optional(blake2b(*row)) : std::nullopt);
  }
  chain_.advance(*record.batch);
  staged_.add({std::move(record.batch), record.sealed.size()});
  batch.put(event_row_key(first), std::move(record.sealed));
  return {};
}

void StoreEventLog::settled() {
  for (StagedEvent& event : staged_.take()) {
    const Sequence next = event.batch->next();
    tail_.push(std::move(event.batch), event.sealed_bytes);
    next_.raise(next.value);
  }
}

Result<std::vector<EventBatchPtr>> StoreEventLog::read(Sequence from, std::size_t bytes_max) const {
  from = std::max(from, Sequence{1});
  const Sequence end = next();
  if (from >= end) return std::vector<EventBatchPtr>{};
  std::vector<EventBatchPtr> held = tail_.read(from, end, bytes_max);
  if (!held.empty()) return held;
  return read_store(from, end, bytes_max);
}

Result<EventBatchPtr> StoreEventLog::open_row(const Row& row) const {
  auto batch = envelope_.open_events(row.sealed);
  if (!batch) {
    if (batch.error().code == Errc::corrupt) return damaged_events(row.first, batch.error().message);
    return fail(std::move(batch).error());
  }
  if ((*batch)->header.first != row.first) return damaged_events(row.first, "the row holds another record");
  return batch;
}

Result<std::optional<StoreEventLog::Row>> StoreEventLog::last_row_at_or_before(Sequence sequence) const {
  Bytes end = event_row_key(sequence);
  end.push_back(0);  // the smallest key behind that one
  std::optional<Row> found;
  Result<Sequence> first = Sequence{};
  FLORIN_TRY(store_.scan(event_row_key({0}), end, ScanOrder::descending, [&](ByteView key, ByteView value) {
    first = decode_row_key(key);
    if (first) found = Row{*first, Bytes(value.begin(), value.end())};
    return false;
  }));
  if (!first) return fail(std::move(first).error());
  return found;
}

Result<std::vector<StoreEventLog::Row>> StoreEventLog::rows(Sequence first, Sequence end,
                                                            std::size_t bytes_max) const {
  std::vector<Row> out;
  std::size_t bytes_left = bytes_max;
  Result<Sequence> sequence = first;
  FLORIN_TRY(store_.scan(event_row_key(first), event_row_key(end), ScanOrder::ascending,
                         [&](ByteView key, ByteView value) {
                           sequence = decode_row_key(key);
                           if (!sequence) return false;
                           if (!out.empty()) {
                             if (value.size() > bytes_left) return false;
                             bytes_left -= value.size();
                           }
                           out.push_back({*sequence, Bytes(value.begin(), value.end())});
                           return true;
                         }));
  if (!sequence) return fail(std::move(sequence).error());
  return out;
}

Result<std::vector<EventBatchPtr>> StoreEventLog::read_store(Sequence from, Sequence end,
                                                             std::size_t bytes_max) const {
  FLORIN_TRY_ASSIGN(const std::optional<Row> holder, last_row_at_or_before(from));
  if (!holder) return damaged_events(from, "the record is missing");
  FLORIN_TRY_ASSIGN(const std::vector<Row> found, rows(holder->first, end, bytes_max));
  std::vector<EventBatchPtr> out;
  for (const Row& row : found) {
    FLORIN_TRY_ASSIGN(EventBatchPtr batch, open_row(row));
    const bool follows =
        out.empty() ? from < batch->next()
                    : out.back()->next() == batch->header.first && out.back()->hash == batch->header.previous;
    if (!follows)
      return damaged_events(out.empty() ? from : out.back()->next(), "the record is missing or another");
    out.push_back(std::move(batch));
  }
  FLORIN_ASSERT(!out.empty());
  return out;
}

}  // namespace florin
