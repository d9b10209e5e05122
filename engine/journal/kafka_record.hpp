// A record of the journal as it stands on Kafka: the value is its sealed bytes, the broker's stamp is its
// own. Only a copied record has a header `stamp`, which counts instead (docs/formats/journal.md). Pure.
#pragma once

#include "engine/journal/journal.hpp"
#include "engine/kafka/reader.hpp"

namespace florin {

// A copied record was stamped before it was appended here, as far as two clocks agree. So who may write to
// the topic cannot move time ahead by more than this, which the clocks of gateways may differ as well.
inline constexpr std::uint64_t copied_stamp_lead_ns_max = 5'000'000'000;

inline bool may_be_copied(Timestamp stamp, Timestamp appended) {
  return stamp.value <= appended.value + copied_stamp_lead_ns_max;
}

// Errors: corrupt (its header is no stamp, or one that lies behind the broker's).
Result<JournalRecord> to_record(const kafka::Message& message, const kafka::Partition& partition);

}  // namespace florin
