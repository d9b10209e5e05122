#include "schemas/transactions_codec.hpp"

#include "schemas/items_codec.hpp"

// metadata    := count:varint { key:string value:string }{count}, keys ascending
// posting     := account:u128 side:u8 amount:varint ledger:varint
// transaction := id:u128 reversal_of:u128 user_data_128:varint user_data_64:varint user_data_32:varint
// code:varint
//                flags:varint timestamp:varint count:varint posting{count} metadata
// target      := kind:u8 id:u128
// limits      := bits:u8 [ debit_balance_max:varint ] [ credit_balance_max:varint ]
// bulk_item   := 0 account | 1 transfer | 2 transaction | 3 target changes | 4 account:u128 limits
// changes     := count:varint { key:string value:optional }{count}, keys ascending
// optional    := 0 | 1 string

namespace florin {
namespace {

constexpr std::uint8_t has_debit_max = 1, has_credit_max = 2;

struct ItemWriter {
  Writer& out;
  void operator()(const Account& item) const { write_account(out, item); }
  void operator()(const Transfer& item) const { write_transfer(out, item); }
  void operator()(const Transaction& item) const { write_transaction(out, item); }
  void operator()(const SetMetadata& item) const {
    write_target(out, item.target);
    out.varint(item.changes.size());
    for (const auto& [key, value] : item.changes) {
      out.string(key);
      write_optional(out, value);
    }
  }
  void operator()(const SetLimits& item) const {
    out.fixed(item.account.value);
    write_limits(out, item.limits);
  }
};

std::uint32_t read_count(Reader& in, std::size_t max) {
  const auto count = in.varint<std::uint32_t>();
  if (count > max) in.fail();
  return in.failed() ? 0 : count;
}

Posting read_posting(Reader& in) {
  Posting posting;
  posting.account.value = in.fixed<u128>();
  const auto side = in.fixed<std::uint8_t>();
  if (side > static_cast<std::uint8_t>(PostingSide::credit)) in.fail();
  posting.side = static_cast<PostingSide>(side);
  posting.amount.value = in.varint128();
  posting.ledger.value = in.varint<std::uint32_t>();
  return posting;
}

SetMetadata read_set_metadata(Reader& in) {
  SetMetadata item;
  item.target = read_target(in);
  const std::uint32_t count = read_count(in, metadata_keys_max);
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    std::string key = in.text(metadata_key_bytes_max);
    if (!item.changes.empty() && key <= item.changes.back().first) in.fail();
    auto value = read_optional(in, metadata_bytes_max);
    item.changes.emplace_back(std::move(key), std::move(value));
  }
  return item;
}

}  // namespace

void write_metadata(Writer& out, const Metadata& metadata) {
  out.varint(metadata.size());
  for (const auto& [key, value] : metadata) {
    out.string(key);
    out.string(value);
  }
}

Metadata read_metadata(Reader& in) {
  Metadata metadata;
  const std::uint32_t count = read_count(in, metadata_keys_max);
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    std::string key = in.text(metadata_key_bytes_max);
    if (!metadata.empty() && key <= metadata.back().first) in.fail();
    std::string value = in.text(metadata_bytes_max);
    metadata.emplace_back(std::move(key), std::move(value));
  }
  return metadata;
}

void write_transaction(Writer& out, const Transaction& transaction) {
  out.fixed(transaction.id.value);
  out.fixed(transaction.reversal_of.value);
  out.varint(transaction.user_data_128);
  out.varint(transaction.user_data_64);
  out.varint(transaction.user_data_32);
  out.varint(transaction.code);
  out.varint(transaction.flags);
  out.varint(transaction.timestamp.value);
  out.varint(transaction.postings.size());
  for (const Posting& posting : transaction.postings) {
    out.fixed(posting.account.value);
    out.fixed(static_cast<std::uint8_t>(posting.side));
    out.varint(posting.amount.value);
    out.varint(posting.ledger.value);
  }
  write_metadata(out, transaction.metadata);
}

Transaction read_transaction(Reader& in) {
  Transaction transaction;
  transaction.id.value = in.fixed<u128>();
  transaction.reversal_of.value = in.fixed<u128>();
  transaction.user_data_128 = in.varint128();
  transaction.user_data_64 = in.varint<std::uint64_t>();
  transaction.user_data_32 = in.varint<std::uint32_t>();
  transaction.code = in.varint<std::uint16_t>();
  transaction.flags = in.varint<std::uint16_t>();
  transaction.timestamp.value = in.varint<std::uint64_t>();
  const std::uint32_t count = read_count(in, postings_max);
  transaction.postings.reserve(count);
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) transaction.postings.push_back(read_posting(in));
  transaction.metadata = read_metadata(in);
  return transaction;
}

void write_target(Writer& out, const Target& target) {
  out.fixed(static_cast<std::uint8_t>(target.kind));
  out.fixed(target.id);
}

Target read_target(Reader& in) {
  Target target;
  const auto kind = in.fixed<std::uint8_t>();
  if (kind > static_cast<std::uint8_t>(TargetKind::transaction)) in.fail();
  target.kind = static_cast<TargetKind>(kind);
  target.id = in.fixed<u128>();
  return target;
}

void write_limits(Writer& out, const Limits& limits) {
  const auto& [debit, credit] = limits;
  out.fixed(static_cast<std::uint8_t>((debit ? has_debit_max : 0) | (credit ? has_credit_max : 0)));
  if (debit) out.varint(debit->value);
  if (credit) out.varint(credit->value);
}

Limits read_limits(Reader& in) {
  Limits limits;
  const auto bits = in.fixed<std::uint8_t>();
  if (bits > (has_debit_max | has_credit_max)) in.fail();
  if ((bits & has_debit_max) != 0) limits.debit_balance_max = Amount{in.varint128()};
  if ((bits & has_credit_max) != 0) limits.credit_balance_max = Amount{in.varint128()};
  return limits;
}

void write_optional(Writer& out, const std::optional<std::string>& text) {
  out.fixed(static_cast<std::uint8_t>(text.has_value()));
  if (text) out.string(*text);
}

std::optional<std::string> read_optional(Reader& in, std::size_t bytes_max) {
  const auto present = in.fixed<std::uint8_t>();
  if (present > 1) in.fail();
  if (present == 0) return std::nullopt;
  return in.text(bytes_max);
}

void write_bulk_item(Writer& out, const BulkItem& item) {
  out.fixed(static_cast<std::uint8_t>(item.index()));
  std::visit(ItemWriter{out}, item);
}

BulkItem read_bulk_item(Reader& in) {
  switch (in.fixed<std::uint8_t>()) {
    case 0: return read_account(in);
    case 1: return read_transfer(in);
    case 2: return read_transaction(in);
    case 3: return read_set_metadata(in);
    case 4: {
      SetLimits item;
      item.account.value = in.fixed<u128>();
      item.limits = read_limits(in);
      return item;
    }
    default: in.fail(); return SetLimits{};
  }
}

}  // namespace florin
