#include "engine/journal/kafka_record.hpp"

namespace florin {

Result<JournalRecord> to_record(const kafka::Message& message, const kafka::Partition& partition) {
  const Timestamp appended = *message.stamp();  // the reader takes no record without one
  Timestamp stamp = appended;
  if (!message.header(kafka::stamp_header).empty()) {
    const auto copied = message.number<std::uint64_t>(kafka::stamp_header);
    if (!copied || !may_be_copied({*copied}, appended))
      return fail(Errc::corrupt,
                  "record " + std::to_string(message.offset()) + " of " + kafka::to_string(partition) +
                      " has a header `stamp` that no copy has written: it must be 8 bytes, and "
                      "not later than the broker's own; see who else writes to the topic");
    stamp = {*copied};
  }
  const ByteView value = message.value();
  return JournalRecord{{message.offset()}, stamp, Bytes(value.begin(), value.end())};
}

}  // namespace florin
