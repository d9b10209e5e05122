#include "schemas/event_additions.hpp"

#include "schemas/transactions_codec.hpp"

namespace florin {
namespace {

TransactionRefused read_transaction_refused(Reader& in) {
  TransactionRefused body;
  body.id.value = in.fixed<u128>();
  body.status = read_refusal<TransactionStatus>(in);
  body.timestamp.value = in.fixed<std::uint64_t>();
  body.posting = in.varint<std::uint32_t>();
  body.available = read_available(in);
  return body;
}

MetadataSet read_metadata_set(Reader& in) {
  MetadataSet body;
  body.target = read_target(in);
  body.timestamp.value = in.fixed<std::uint64_t>();
  const auto count = in.varint<std::uint32_t>();
  if (count > metadata_keys_max) in.fail();
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    MetadataSet::Change change;
    change.key = in.text(metadata_key_bytes_max);
    change.before = read_optional(in, metadata_bytes_max);
    change.after = read_optional(in, metadata_bytes_max);
    body.changes.push_back(std::move(change));
  }
  return body;
}

}  // namespace

void write_available(Writer& out, const std::optional<Available>& available) {
  out.fixed(static_cast<std::uint8_t>(available.has_value()));
  if (!available) return;
  out.fixed(available->account.value);
  out.varint(available->amount.value);
}

std::optional<Available> read_available(Reader& in) {
  const auto present = in.fixed<std::uint8_t>();
  if (present > 1) in.fail();
  if (present == 0) return std::nullopt;
  const AccountId account{in.fixed<u128>()};
  return Available{account, {in.varint128()}};
}

void write_addition(Writer& out, const TransactionCreated& body) {
  write_transaction(out, body.transaction);
  out.varint(body.legs);
}

void write_addition(Writer& out, const TransactionRefused& body) {
  out.fixed(body.id.value);
  out.varint(static_cast<std::uint32_t>(body.status));
  out.fixed(body.timestamp.value);
  out.varint(body.posting);
  write_available(out, body.available);
}

void write_addition(Writer& out, const MetadataSet& body) {
  write_target(out, body.target);
  out.fixed(body.timestamp.value);
  out.varint(body.changes.size());
  for (const auto& change : body.changes) {
    out.string(change.key);
    write_optional(out, change.before);
    write_optional(out, change.after);
  }
}

void write_addition(Writer& out, const MetadataRefused& body) {
  write_target(out, body.target);
  out.varint(static_cast<std::uint32_t>(body.status));
}

void write_addition(Writer& out, const LimitsSet& body) {
  out.fixed(body.id.value);
  write_limits(out, body.limits);
}

void write_addition(Writer& out, const LimitsRefused& body) {
  out.fixed(body.id.value);
  out.varint(static_cast<std::uint32_t>(body.status));
}

void write_addition(Writer& out, const Previewed& body) { out.string(body.body); }

EventBody read_addition(Reader& in, std::uint16_t kind) {
  switch (kind) {
    case 39: {
      TransactionCreated body{read_transaction(in), 0};
      body.legs = in.varint<std::uint32_t>();
      return body;
    }
    case 40: return read_transaction_refused(in);
    case 41: return read_metadata_set(in);
    case 42: {
      const Target target = read_target(in);
      return MetadataRefused{target, read_refusal<MetadataStatus>(in)};
    }
    case 43: {
      const AccountId account{in.fixed<u128>()};
      return LimitsSet{account, read_limits(in)};
    }
    case 44: {
      const AccountId account{in.fixed<u128>()};
      return LimitsRefused{account, read_refusal<LimitsStatus>(in)};
    }
    default: {
      const ByteView body = in.string(event_payload_bytes_max);
      return Previewed{Bytes(body.begin(), body.end())};
    }
  }
}

}  // namespace florin
