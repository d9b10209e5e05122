#include "engine/journal/kafka_event_reader.hpp"

#include <limits>

namespace florin {
namespace {

constexpr std::size_t places_max = 64;  // of readers that go on where they were
constexpr std::uint64_t no_place = std::numeric_limits<std::uint64_t>::max();

bool holds(const EventRecordHeader& header, Sequence sequence) {
  return header.first <= sequence && sequence.value < header.first.value + header.count;
}

}  // namespace

tl::unexpected<Error> KafkaEventReader::damaged(Sequence sequence, const std::string& what) const {
  return fail(Errc::corrupt, "the events of " + kafka::to_string(partition_) + " at sequence " +
                                 florin::to_string(sequence) + " are damaged: " + what +
                                 "; stop all engines, and compare by `florin replay`");
}

Result<EventBatchPtr> KafkaEventReader::open(const kafka::Message& message) const {
  auto batch = envelope_.open_events(message.value());
  if (!batch && batch.error().code == Errc::corrupt)
    return fail(Errc::corrupt, "record " + std::to_string(message.offset()) + " of " +
                                   kafka::to_string(partition_) + ": " + batch.error().message);
  return batch;
}

Result<EventRecordHeader> KafkaEventReader::header_at(std::uint64_t offset, std::uint64_t records) {
  FLORIN_TRY_ASSIGN(const auto messages, cursors_.read(offset, records, 0, kafka::deadline_in(timeout_)));
  const ByteView sealed = messages.front().value();
  return decode_event_record_header(sealed.first(std::min(sealed.size(), event_record_header_bytes)));
}

// By halves. A record that was published again stands behind records with higher sequences, so the search may
// end beyond the place: then it is before there.
Result<std::uint64_t> KafkaEventReader::find(Sequence sequence, std::uint64_t records) {
  std::uint64_t low = 0, high = records;
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    FLORIN_TRY_ASSIGN(const EventRecordHeader header, header_at(middle, records));
    if (holds(header, sequence)) return middle;
    (header.first > sequence ? high : low) = middle;
  }
  return find_before(sequence, low, records);
}

Result<std::uint64_t> KafkaEventReader::find_before(Sequence sequence, std::uint64_t offset,
                                                    std::uint64_t records) {
  for (std::uint64_t back = 1;; back *= 2) {
    const std::uint64_t begin = offset - std::min(offset, back);
    for (std::uint64_t at = begin; at <= offset; ++at) {
      FLORIN_TRY_ASSIGN(const EventRecordHeader header, header_at(at, records));
      if (holds(header, sequence)) return at;
    }
    if (begin == 0) return damaged(sequence, "the record is missing");
  }
}

std::uint64_t KafkaEventReader::recall(Sequence sequence) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(sequence);
  return found == places_.end() ? no_place : found->second;
}

void KafkaEventReader::remember(Sequence sequence, std::uint64_t offset) {
  const std::lock_guard lock(mutex_);
  places_[sequence] = offset;
  if (places_.size() > places_max) places_.erase(places_.begin());
}

Result<std::vector<EventBatchPtr>> KafkaEventReader::read(Sequence from, Sequence end, std::size_t bytes_max,
                                                          std::uint64_t records) {
  std::uint64_t offset = recall(from);
  if (offset == no_place) {
    FLORIN_TRY_ASSIGN(offset, find(from, records));
  }
  std::vector<EventBatchPtr> out;
  while (out.empty() && offset < records) {
    FLORIN_TRY_ASSIGN(const auto messages,
                      cursors_.read(offset, records, bytes_max, kafka::deadline_in(timeout_)));
    for (const kafka::Message& message : messages) {
      FLORIN_TRY_ASSIGN(EventBatchPtr batch, open(message));
      const Sequence expected = out.empty() ? from : out.back()->next();
      // The search may have found a repetition; behind that the next record is searched for again.
      if (batch->header.first > expected && !out.empty()) return out;
      if (batch->header.first > expected) return damaged(from, "the record is missing");
      if (batch->header.first >= end) break;
      offset = message.offset() + 1;
      if (batch->next() <= expected) continue;  // published again
      if (!out.empty() && (batch->header.first != expected || batch->header.previous != out.back()->hash))
        return damaged(expected, "another record is there");
      out.push_back(std::move(batch));
    }
  }
  if (out.empty()) return damaged(from, "the record is missing");
  remember(out.back()->next(), offset);
  return out;
}

Result<std::optional<Hash256>> KafkaEventReader::hash_at(Sequence first, std::uint64_t records) {
  FLORIN_TRY_ASSIGN(const std::uint64_t offset, find(first, records));
  FLORIN_TRY_ASSIGN(const auto messages, cursors_.read(offset, offset + 1, 0, kafka::deadline_in(timeout_)));
  FLORIN_TRY_ASSIGN(const EventBatchPtr batch, open(messages.front()));
  if (batch->header.first != first) return std::optional<Hash256>();
  return std::optional(batch->hash);
}

}  // namespace florin
