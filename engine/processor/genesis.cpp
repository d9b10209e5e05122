#include "engine/processor/genesis.hpp"

#include "engine/processor/ruleset.hpp"

namespace florin::processor {

Result<void> write_genesis(Journal& journal, const Keyring& keyring, const Envelope& envelope,
                           PartitionId partition, Timestamp now) {
  if (journal.head().value != 0) return {};
  FLORIN_TRY_ASSIGN(const KeyId key, keyring.newest(KeyPurpose::data));
  RecordHeader header;
  header.partition = partition;
  header.key = key;
  header.send_time = now;
  header.count = 1;
  Bytes payload;
  encode_command({CommandHeader{}, Genesis{newest_ruleset, key}}, payload);
  FLORIN_TRY_ASSIGN(Bytes sealed, envelope.seal_record(header, payload));
  FLORIN_TRY(journal.append(std::span(&sealed, 1)));
  return {};
}

}  // namespace florin::processor
