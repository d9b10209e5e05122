#include "engine/processor/event_records.hpp"

#include <algorithm>
#include <iterator>

namespace florin::processor {
namespace {

// About what an event needs, so that a payload seldom grows.
constexpr std::size_t event_bytes_usual = 160;

struct Part {
  Bytes payload;
  std::vector<Event> events;
};

// Where events are divided: payloads, and the index of the first event of each.
struct Payloads {
  std::vector<Bytes> bytes;
  std::vector<std::size_t> first;
};

// Whole events only. A single event is far below the limit, so no payload is empty.
Payloads encode(const std::vector<Event>& events, std::size_t payload_bytes_max) {
  Payloads out{{Bytes{}}, {0}};
  out.bytes.back().reserve(std::min(events.size() * event_bytes_usual, payload_bytes_max));
  for (std::size_t i = 0; i < events.size(); ++i) {
    Bytes& payload = out.bytes.back();
    const auto begin = static_cast<std::ptrdiff_t>(payload.size());
    encode_event(events[i], payload);
    if (begin == 0 || payload.size() <= payload_bytes_max) continue;
    Bytes next(payload.begin() + begin, payload.end());
    payload.resize(static_cast<std::size_t>(begin));
    out.bytes.push_back(std::move(next));
    out.first.push_back(i);
  }
  return out;
}

std::vector<Part> split(std::vector<Event> events, std::size_t payload_bytes_max) {
  auto [bytes, first] = encode(events, payload_bytes_max);
  std::vector<Part> parts(bytes.size());
  for (std::size_t i = parts.size() - 1; i > 0; --i) {
    const auto begin = events.begin() + static_cast<std::ptrdiff_t>(first[i]);
    parts[i].events.assign(std::make_move_iterator(begin), std::make_move_iterator(events.end()));
    events.erase(begin, events.end());
  }
  parts.front().events = std::move(events);
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i].payload = std::move(bytes[i]);
  return parts;
}

}  // namespace

Result<std::vector<EventRecord>> make_event_records(const Envelope& envelope, const Partition& partition,
                                                    const CommandRecordName& record,
                                                    std::vector<Event> events,
                                                    std::size_t payload_bytes_max) {
  std::vector<Part> parts = split(std::move(events), payload_bytes_max);
  std::vector<EventRecord> records;
  EventRecordHeader header;
  header.partition = record.partition;
  header.ordinal = record.ordinal;
  header.command_record = record.hash;
  header.first = partition.next_sequence;
  header.previous = partition.last_event_record;
  header.key = partition.key;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    header.part = static_cast<std::uint32_t>(i);
    header.last = i + 1 == parts.size();
    header.count = static_cast<std::uint32_t>(parts[i].events.size());
    FLORIN_TRY_ASSIGN(SealedEvents sealed, envelope.seal_events(header, parts[i].payload));
    auto batch = std::make_shared<EventBatch>();
    batch->header = header;
    batch->hash = sealed.hash;
    batch->events = std::move(parts[i].events);
    header.first = batch->next();
    header.previous = sealed.hash;
    records.push_back({std::move(sealed.bytes), std::move(batch)});
  }
  return records;
}

}  // namespace florin::processor
