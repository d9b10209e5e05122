#include "engine/processor/partition.hpp"

#include "engine/base/codec.hpp"
#include "engine/journal/quarantine.hpp"

namespace florin::processor {

Bytes encode(const Partition& partition) {
  Bytes bytes;
  Writer out(bytes);
  out.varint(partition.ruleset);
  out.varint(partition.key.value);
  out.varint(partition.next_ordinal.value);
  out.varint(partition.next_sequence.value);
  out.fixed(partition.time.value);
  out.raw(partition.last_event_record);
  out.varint(partition.appenders.size());
  for (const auto& [id, appender] : partition.appenders) {
    out.fixed(id.value);
    out.varint(appender.epoch.value);
    out.varint(appender.counter);
    out.raw(appender.hash);
    out.varint(appender.last.value);
  }
  out.varint(partition.quarantined.size());
  for (const Ordinal ordinal : partition.quarantined) out.varint(ordinal.value);
  return bytes;
}

Result<Partition> decode_partition(ByteView bytes) {
  Reader in(bytes);
  Partition partition;
  partition.ruleset = in.varint<std::uint32_t>();
  partition.key.value = in.varint<std::uint32_t>();
  partition.next_ordinal.value = in.varint<std::uint64_t>();
  partition.next_sequence.value = in.varint<std::uint64_t>();
  partition.time.value = in.fixed<std::uint64_t>();
  partition.last_event_record = in.hash();
  const auto count = in.varint<std::uint32_t>();
  if (count > appenders_max) in.fail();
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    const AppenderId id{in.fixed<std::uint64_t>()};
    Appender& appender = partition.appenders[id];
    appender.epoch.value = in.varint<std::uint64_t>();
    appender.counter = in.varint<std::uint64_t>();
    appender.hash = in.hash();
    appender.last.value = in.varint<std::uint64_t>();
  }
  const auto quarantined = in.varint<std::uint32_t>();
  if (quarantined > quarantined_max) in.fail();
  for (std::uint32_t i = 0; i < quarantined && !in.failed(); ++i)
    partition.quarantined.push_back({in.varint<std::uint64_t>()});
  if (!in.done()) return fail(Errc::format, "the partition's state row does not follow its grammar");
  return partition;
}

}  // namespace florin::processor
