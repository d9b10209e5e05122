// Sealing and opening of journal records and event records (docs/formats/sealing.md). A sealed record is its
// plain header, a nonce, and the payload under XChaCha20-Poly1305 with the header as associated data. Records
// get a random nonce; events and the genesis a synthetic one (keyed hash of header and payload), so that
// their bytes are the same whoever computes them.
//
// Any thread. Subkeys are derived once for each key id and kept. The keyring must outlive the envelope.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "engine/base/result.hpp"
#include "engine/keyring/keyring.hpp"
#include "schemas/commands.hpp"
#include "schemas/events.hpp"

namespace florin {

struct OpenedRecord {
  RecordHeader header;
  Hash256 hash{};  // BLAKE2b-256 of the sealed bytes
  std::vector<Command> commands;
};

struct SealedEvents {
  Bytes bytes;
  Hash256 hash{};  // BLAKE2b-256 of bytes
};

class Envelope {
 public:
  explicit Envelope(const Keyring& keyring);
  ~Envelope();

  // Errors: key_missing, format (a header or payload that does not follow its grammar, or an unknown
  // version), corrupt (the seal does not open: changed bytes or another key under that id), invalid_argument
  // (a payload over its limit). The text names the key id, and the record by its place or appender.
  Result<Bytes> seal_record(const RecordHeader& header, ByteView payload) const;
  // With a synthetic nonce: the same bytes, whoever seals this record.
  Result<Bytes> seal_alike(const RecordHeader& header, ByteView payload) const;
  Result<OpenedRecord> open_record(ByteView sealed) const;
  Result<SealedEvents> seal_events(const EventRecordHeader& header, ByteView payload) const;
  Result<EventBatchPtr> open_events(ByteView sealed) const;

 private:
  struct Subkeys;
  Result<std::shared_ptr<const Subkeys>> subkeys(KeyId id) const;

  const Keyring& keyring_;
  mutable std::mutex mutex_;
  mutable std::map<KeyId, std::shared_ptr<const Subkeys>> cache_;
};

}  // namespace florin
