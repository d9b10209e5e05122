// Event records of a topic from any sequence on, for what is no longer in memory. A record's offset is not
// its sequence, and several engines may have published the same record, so its place is searched for. Any
// thread.
#pragma once

#include <map>

#include "engine/envelope/envelope.hpp"
#include "engine/journal/kafka_cursors.hpp"

namespace florin {

class KafkaEventReader {
 public:
  // The envelope outlives it.
  KafkaEventReader(const kafka::Connection& connection, kafka::Partition partition, std::size_t cursors_max,
                   std::chrono::milliseconds timeout, const Envelope& envelope)
      : partition_(partition),
        cursors_(connection, std::move(partition), cursors_max),
        timeout_(timeout),
        envelope_(envelope) {}

  // As EventSource::read, of the records at offsets before `records`, which must hold `from`; each once.
  // Errors: corrupt, format, key_missing, io.
  Result<std::vector<EventBatchPtr>> read(Sequence from, Sequence end, std::size_t bytes_max,
                                          std::uint64_t records);
  // The hash of the record that starts with `first`, if there is one.
  Result<std::optional<Hash256>> hash_at(Sequence first, std::uint64_t records);

  Result<EventBatchPtr> open(const kafka::Message& message) const;

 private:
  Result<EventRecordHeader> header_at(std::uint64_t offset, std::uint64_t records);
  Result<std::uint64_t> find(Sequence sequence, std::uint64_t records);
  Result<std::uint64_t> find_before(Sequence sequence, std::uint64_t offset, std::uint64_t records);
  std::uint64_t recall(Sequence sequence);
  void remember(Sequence sequence, std::uint64_t offset);
  tl::unexpected<Error> damaged(Sequence sequence, const std::string& what) const;

  const kafka::Partition partition_;
  KafkaCursors cursors_;
  const std::chrono::milliseconds timeout_;
  const Envelope& envelope_;

  std::mutex mutex_;
  std::map<Sequence, std::uint64_t> places_;  // where reads have ended; guarded by mutex_
};

}  // namespace florin
