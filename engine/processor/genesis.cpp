#include "engine/processor/genesis.hpp"

#include <algorithm>

#include "engine/processor/ruleset.hpp"

namespace florin::processor {
namespace {

Result<KeyInfo> oldest_data_key(const Keyring& keyring) {
  const auto keys = keyring.list();
  const auto first = std::find_if(keys.begin(), keys.end(),
                                  [](const KeyInfo& key) { return key.purpose == KeyPurpose::data; });
  if (first == keys.end()) return fail(Errc::key_missing, "the keyring holds no data key");
  return *first;
}

}  // namespace

Result<void> write_genesis(Journal& journal, const Keyring& keyring, const Envelope& envelope,
                           PartitionId partition) {
  if (journal.head().value != 0) return {};
  FLORIN_TRY_ASSIGN(const KeyInfo key, oldest_data_key(keyring));
  RecordHeader header;
  header.partition = partition;
  header.key = key.id;
  header.send_time = key.created;
  header.count = 1;
  Bytes payload;
  encode_command({CommandHeader{}, Genesis{newest_ruleset, key.id}}, payload);
  FLORIN_TRY_ASSIGN(Bytes sealed, envelope.seal_alike(header, payload));
  FLORIN_TRY(journal.append(std::span(&sealed, 1)));
  return {};
}

}  // namespace florin::processor
