// florin journal check and florin journal quarantine, of a journal on Kafka
#include "deploy/florin/commands/journal.hpp"
#include "deploy/florin/commands/partitions.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/processor/processor.hpp"

namespace florin {
namespace {

using Json = nlohmann::ordered_json;

Result<Json> check(const Settings& settings, const OpenedKeys& keys, PartitionId id) {
  FLORIN_TRY_ASSIGN(const auto log, KafkaPartition::open(settings, keys, id, IfMissing::refuse));
  std::uint64_t records = 0;
  FLORIN_TRY(each_record(log->journal(), [&](const JournalRecord& record) -> Result<void> {
    const auto taken =
        processor::open_incoming(record, id, *keys.envelope, log->quarantine(),
                                 "partition " + to_string(id) + ", record " + to_string(record.ordinal));
    if (!taken.opened) return fail(taken.opened.error());
    ++records;
    return {};
  }));
  return Json{{"partition", id.value},
              {"records", records},
              {"quarantined", log->quarantine().size()},
              {"whole", true}};
}

// The bytes of a record that nobody can open and whose events nobody has.
Result<Bytes> find_unopened(KafkaPartition& log, const OpenedKeys& keys, Ordinal ordinal) {
  const std::string place = "record " + to_string(ordinal);
  if (ordinal >= log.journal().head())
    return fail(Errc::invalid_argument,
                "the journal has no " + place + "; it ends at record " + to_string(log.journal().head()));
  FLORIN_TRY_ASSIGN(auto records, log.journal().read(ordinal, 0));
  if (keys.envelope->open_record(records.front().sealed))
    return fail(Errc::invalid_argument, place + " opens; only one that nobody can open may be passed over");
  if (log.events().answered() > ordinal) return decided_already(ordinal, "the topic of events");
  return std::move(records.front().sealed);
}

}  // namespace

Result<std::string> check_on_kafka(const Settings& settings) {
  FLORIN_TRY_ASSIGN(const OpenedKeys keys, open_keys(settings, IfMissing::refuse));
  return of_each_partition(settings, [&](PartitionId id) { return check(settings, keys, id); });
}

Result<std::string> quarantine_on_kafka(const Settings& settings, const QuarantineOptions& options) {
  const Ordinal ordinal{options.position};
  const PartitionId id{options.partition};
  FLORIN_TRY_ASSIGN(const OpenedKeys keys, open_keys(settings, IfMissing::refuse));
  FLORIN_TRY_ASSIGN(const auto log, KafkaPartition::open(settings, keys, id, IfMissing::refuse));
  Quarantine list = log->quarantine();
  if (list.contains(ordinal)) return in_quarantine_already(ordinal);
  FLORIN_TRY_ASSIGN(const Bytes sealed, find_unopened(*log, keys, ordinal));
  if (!keys.keyring->newest(KeyPurpose::operator_signing))
    FLORIN_TRY(keys.keyring->create(KeyPurpose::operator_signing));
  const Hash256 hash = blake2b(sealed);
  list[ordinal] = {hash, SystemClock().now(), options.reason};
  FLORIN_TRY(make_data_folder(settings.data));
  FLORIN_TRY(write_quarantine(quarantine_file(settings, id), id, list, *keys.keyring));
  return Json{{"partition", id.value},
              {"record", ordinal.value},
              {"hash", to_hex(hash)},
              {"file", quarantine_file(settings, id).string()},
              {"quarantined", list.size()}}
      .dump();
}

}  // namespace florin
