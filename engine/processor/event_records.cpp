#include "engine/processor/event_records.hpp"

namespace florin::processor {
namespace {

struct Part {
  Bytes payload;
  std::vector<Event> events;
};

// Whole events only. A single event is far below the limit, so no part is empty.
std::vector<Part> split(std::vector<Event> events, std::size_t payload_bytes_max) {
  std::vector<Part> parts(1);
  Bytes encoded;
  for (Event& event : events) {
    encoded.clear();
    encode_event(event, encoded);
    if (!parts.back().events.empty() && parts.back().payload.size() + encoded.size() > payload_bytes_max)
      parts.emplace_back();
    Part& part = parts.back();
    part.payload.insert(part.payload.end(), encoded.begin(), encoded.end());
    part.events.push_back(std::move(event));
  }
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
