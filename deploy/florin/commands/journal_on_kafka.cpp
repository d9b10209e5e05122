// florin journal check and florin journal quarantine, of a journal on Kafka
#include "deploy/florin/commands/journal.hpp"
#include "deploy/florin/commands/partitions.hpp"
#include "deploy/florin/kafka_connection.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/journal/kafka_topics.hpp"

namespace florin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t read_bytes_max = 8u << 20;

Result<void> check_record(const JournalRecord& record, const OpenedKeys& keys, const Quarantine& quarantine) {
  const std::string place = "record " + to_string(record.ordinal);
  if (const auto listed = quarantine.find(record.ordinal); listed != quarantine.end()) {
    if (listed->second.hash == blake2b(record.sealed)) return {};
    return fail(Errc::corrupt, place +
                                   " is in quarantine, but other bytes stand there than those that were put "
                                   "into it");
  }
  const auto opened = keys.envelope->open_record(record.sealed);
  if (opened) return {};
  return fail(opened.error().code,
              place + ": " + opened.error().message +
                  "; restore what is missing or, if nobody can, `florin journal quarantine " +
                  to_string(record.ordinal) + " --reason TEXT`");
}

Result<Json> check(const Settings& settings, const OpenedKeys& keys, PartitionId id) {
  FLORIN_TRY_ASSIGN(const auto log, KafkaPartition::open(settings, keys, id, IfMissing::refuse));
  const Ordinal head = log->journal().head();
  for (Ordinal next; next < head;) {
    FLORIN_TRY_ASSIGN(const auto records, log->journal().read(next, read_bytes_max));
    for (const JournalRecord& record : records)
      if (const auto whole = check_record(record, keys, log->quarantine()); !whole)
        return fail(whole.error().code, "partition " + to_string(id) + ", " + whole.error().message);
    next.value += records.size();
  }
  return Json{{"partition", id.value},
              {"records", head.value},
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
