#include "engine/envelope/envelope.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "engine/base/hash.hpp"

// sealed := header | nonce 24 | ciphertext | tag 16, with the header as associated data.
namespace florin {
namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t seal_bytes = nonce_bytes + tag_bytes;
constexpr std::size_t record_payload_bytes_max = record_bytes_max - record_header_bytes - seal_bytes;

using Nonce = std::array<std::uint8_t, nonce_bytes>;

SecretKey derive(const SecretKey& data_key, std::string_view label) {
  return SecretKey(blake2b_keyed(data_key.view(), as_bytes(label)));
}

Bytes seal(const SecretKey& key, const Nonce& nonce, ByteView header, ByteView payload) {
  Bytes sealed;
  sealed.reserve(header.size() + seal_bytes + payload.size());
  sealed.insert(sealed.end(), header.begin(), header.end());
  sealed.insert(sealed.end(), nonce.begin(), nonce.end());
  sealed.resize(sealed.size() + payload.size() + tag_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + header.size() + nonce_bytes, nullptr,
                                             payload.data(), payload.size(), header.data(), header.size(),
                                             nullptr, nonce.data(), key.data());
  return sealed;
}

// The payload; none when the seal does not open. `sealed` holds at least a header and a seal.
std::optional<Bytes> open(const SecretKey& key, ByteView sealed, std::size_t header_bytes) {
  const ByteView header = sealed.first(header_bytes);
  const ByteView nonce = sealed.subspan(header_bytes, nonce_bytes);
  const ByteView ciphertext = sealed.subspan(header_bytes + nonce_bytes);
  Bytes payload(ciphertext.size() - tag_bytes);
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      payload.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(), header.data(), header.size(),
      nonce.data(), key.data());
  if (opened != 0) return std::nullopt;
  return payload;
}

Result<void> check_size(std::string_view what, ByteView sealed, std::size_t header_bytes,
                        std::size_t payload_max) {
  const std::size_t least = header_bytes + seal_bytes;
  if (sealed.size() >= least && sealed.size() <= least + payload_max) return {};
  return fail(Errc::format, "a sealed " + std::string(what) + " has " + std::to_string(sealed.size()) +
                                " bytes; it must have " + std::to_string(least) + " to " +
                                std::to_string(least + payload_max));
}

Result<void> check_payload(std::string_view what, ByteView payload, std::size_t payload_max) {
  if (payload.size() <= payload_max) return {};
  return fail(Errc::invalid_argument, "the payload of " + std::string(what) + " has " +
                                          std::to_string(payload.size()) + " bytes; the limit is " +
                                          std::to_string(payload_max));
}

std::string describe(const RecordHeader& header) {
  return "the command record of appender " + to_string(header.appender) + ", epoch " +
         to_string(header.epoch) + ", counter " + std::to_string(header.counter);
}

std::string describe(const EventRecordHeader& header) {
  return "the event record of sequence " + to_string(header.first);
}

template <class Header>
Error does_not_open(const Header& header) {
  return {Errc::corrupt, describe(header) + " does not open under data key " + to_string(header.key) +
                             ": its bytes were changed, or the keyring holds another key under that id"};
}

template <class Header>
Error with_context(const Header& header, const Error& error) {
  return {error.code, describe(header) + " under data key " + to_string(header.key) + ": " + error.message};
}

Nonce synthetic_nonce(const SecretKey& key, ByteView header, ByteView payload) {
  const Hash256 synthetic = Blake2b(key.view()).update(header).update(payload).finish();
  Nonce nonce{};
  std::copy_n(synthetic.begin(), nonce.size(), nonce.begin());
  return nonce;
}

}  // namespace

struct Envelope::Subkeys {
  explicit Subkeys(const SecretKey& data_key)
      : commands(derive(data_key, "florin commands v0")),
        events(derive(data_key, "florin events v0")),
        event_nonces(derive(data_key, "florin event nonces v0")) {}

  const SecretKey commands, events, event_nonces;
};

Envelope::Envelope(const Keyring& keyring) : keyring_(keyring) {}
Envelope::~Envelope() = default;

Result<std::shared_ptr<const Envelope::Subkeys>> Envelope::subkeys(KeyId id) const {
  std::lock_guard lock(mutex_);
  if (auto it = cache_.find(id); it != cache_.end()) return it->second;
  FLORIN_TRY_ASSIGN(const SecretKey data_key, keyring_.key(KeyPurpose::data, id));
  return cache_.emplace(id, std::make_shared<const Subkeys>(data_key)).first->second;
}

Result<Bytes> Envelope::seal_record(const RecordHeader& header, ByteView payload) const {
  FLORIN_TRY(check_payload(describe(header), payload, record_payload_bytes_max));
  FLORIN_TRY_ASSIGN(const auto keys, subkeys(header.key));
  Nonce nonce{};
  randombytes_buf(nonce.data(), nonce.size());
  return seal(keys->commands, nonce, encode_record_header(header), payload);
}

Result<Bytes> Envelope::seal_alike(const RecordHeader& header, ByteView payload) const {
  FLORIN_TRY(check_payload(describe(header), payload, record_payload_bytes_max));
  FLORIN_TRY_ASSIGN(const auto keys, subkeys(header.key));
  const Bytes plain_header = encode_record_header(header);
  return seal(keys->commands, synthetic_nonce(keys->event_nonces, plain_header, payload), plain_header,
              payload);
}

Result<OpenedRecord> Envelope::open_record(ByteView sealed) const {
  FLORIN_TRY(check_size("command record", sealed, record_header_bytes, record_payload_bytes_max));
  OpenedRecord record;
  FLORIN_TRY_ASSIGN(record.header, decode_record_header(sealed.first(record_header_bytes)));
  FLORIN_TRY_ASSIGN(const auto keys, subkeys(record.header.key));
  const auto payload = open(keys->commands, sealed, record_header_bytes);
  if (!payload) return fail(does_not_open(record.header));
  auto commands = decode_commands(*payload, record.header.count);
  if (!commands) return fail(with_context(record.header, commands.error()));
  record.commands = std::move(*commands);
  record.hash = blake2b(sealed);
  return record;
}

Result<SealedEvents> Envelope::seal_events(const EventRecordHeader& header, ByteView payload) const {
  FLORIN_TRY(check_payload(describe(header), payload, event_payload_bytes_max));
  FLORIN_TRY_ASSIGN(const auto keys, subkeys(header.key));
  const Bytes plain_header = encode_event_record_header(header);
  SealedEvents events;
  events.bytes =
      seal(keys->events, synthetic_nonce(keys->event_nonces, plain_header, payload), plain_header, payload);
  events.hash = blake2b(events.bytes);
  return events;
}

Result<EventBatchPtr> Envelope::open_events(ByteView sealed) const {
  FLORIN_TRY(check_size("event record", sealed, event_record_header_bytes, event_payload_bytes_max));
  auto batch = std::make_shared<EventBatch>();
  FLORIN_TRY_ASSIGN(batch->header, decode_event_record_header(sealed.first(event_record_header_bytes)));
  FLORIN_TRY_ASSIGN(const auto keys, subkeys(batch->header.key));
  const auto payload = open(keys->events, sealed, event_record_header_bytes);
  if (!payload) return fail(does_not_open(batch->header));
  auto events = decode_events(*payload, batch->header.count);
  if (!events) return fail(with_context(batch->header, events.error()));
  batch->events = std::move(*events);
  batch->hash = blake2b(sealed);
  return batch;
}

}  // namespace florin
