#include "schemas/items_codec.hpp"

namespace florin {
namespace {

// A 16-bit mask says which of the following fields are not zero; only those are written.
class MaskedWriter {
 public:
  MaskedWriter(Writer& out, Bytes& buffer) : out_(out), buffer_(buffer), at_(buffer.size()) {
    out_.fixed(std::uint16_t{0});
  }
  MaskedWriter(const MaskedWriter&) = delete;
  MaskedWriter& operator=(const MaskedWriter&) = delete;
  ~MaskedWriter() {
    buffer_[at_] = static_cast<std::uint8_t>(mask_);
    buffer_[at_ + 1] = static_cast<std::uint8_t>(mask_ >> 8);
  }
  template <class Int>
  void fixed(Int value) {
    if (next(value != 0)) out_.fixed(value);
  }
  void varint(u128 value) {
    if (next(value != 0)) out_.varint(value);
  }

 private:
  bool next(bool present) {
    if (present) mask_ = static_cast<std::uint16_t>(mask_ | (1u << bit_));
    ++bit_;
    return present;
  }
  Writer& out_;
  Bytes& buffer_;
  std::size_t at_;
  unsigned bit_ = 0;
  std::uint16_t mask_ = 0;
};

class MaskedReader {
 public:
  explicit MaskedReader(Reader& in) : in_(in), mask_(in.fixed<std::uint16_t>()) {}
  template <class Int>
  Int fixed() {
    return next() ? not_zero(in_.fixed<Int>()) : Int{0};
  }
  template <class Int>
  Int varint() {
    return next() ? not_zero(in_.varint<Int>()) : Int{0};
  }
  void finish() {
    if (mask_ >> bit_ != 0) in_.fail();
  }

 private:
  bool next() { return (mask_ >> bit_++ & 1u) != 0; }
  template <class Int>
  Int not_zero(Int value) {
    if (value == 0) in_.fail();
    return value;
  }
  Reader& in_;
  std::uint16_t mask_;
  unsigned bit_ = 0;
};

}  // namespace

void write_account(Writer& out, const Account& account) {
  out.fixed(account.id.value);
  MaskedWriter fields(out, out.buffer());
  fields.varint(account.balances.debits_pending.value);
  fields.varint(account.balances.debits_posted.value);
  fields.varint(account.balances.credits_pending.value);
  fields.varint(account.balances.credits_posted.value);
  fields.fixed(account.user_data_128);
  fields.fixed(account.user_data_64);
  fields.fixed(account.user_data_32);
  fields.fixed(account.reserved);
  fields.varint(account.ledger.value);
  fields.varint(account.code);
  fields.varint(account.flags);
  fields.fixed(account.timestamp.value);
}

Account read_account(Reader& in) {
  Account account;
  account.id.value = in.fixed<u128>();
  MaskedReader fields(in);
  account.balances.debits_pending.value = fields.varint<u128>();
  account.balances.debits_posted.value = fields.varint<u128>();
  account.balances.credits_pending.value = fields.varint<u128>();
  account.balances.credits_posted.value = fields.varint<u128>();
  account.user_data_128 = fields.fixed<u128>();
  account.user_data_64 = fields.fixed<std::uint64_t>();
  account.user_data_32 = fields.fixed<std::uint32_t>();
  account.reserved = fields.fixed<std::uint32_t>();
  account.ledger.value = fields.varint<std::uint32_t>();
  account.code = fields.varint<std::uint16_t>();
  account.flags = fields.varint<std::uint16_t>();
  account.timestamp.value = fields.fixed<std::uint64_t>();
  fields.finish();
  return account;
}

void write_transfer(Writer& out, const Transfer& transfer) {
  out.fixed(transfer.id.value);
  MaskedWriter fields(out, out.buffer());
  fields.fixed(transfer.debit_account_id.value);
  fields.fixed(transfer.credit_account_id.value);
  fields.varint(transfer.amount.value);
  fields.fixed(transfer.pending_id.value);
  fields.fixed(transfer.user_data_128);
  fields.fixed(transfer.user_data_64);
  fields.fixed(transfer.user_data_32);
  fields.varint(transfer.timeout);
  fields.varint(transfer.ledger.value);
  fields.varint(transfer.code);
  fields.varint(transfer.flags);
  fields.fixed(transfer.timestamp.value);
}

Transfer read_transfer(Reader& in) {
  Transfer transfer;
  transfer.id.value = in.fixed<u128>();
  MaskedReader fields(in);
  transfer.debit_account_id.value = fields.fixed<u128>();
  transfer.credit_account_id.value = fields.fixed<u128>();
  transfer.amount.value = fields.varint<u128>();
  transfer.pending_id.value = fields.fixed<u128>();
  transfer.user_data_128 = fields.fixed<u128>();
  transfer.user_data_64 = fields.fixed<std::uint64_t>();
  transfer.user_data_32 = fields.fixed<std::uint32_t>();
  transfer.timeout = fields.varint<std::uint32_t>();
  transfer.ledger.value = fields.varint<std::uint32_t>();
  transfer.code = fields.varint<std::uint16_t>();
  transfer.flags = fields.varint<std::uint16_t>();
  transfer.timestamp.value = fields.fixed<std::uint64_t>();
  fields.finish();
  return transfer;
}

void write_balances(Writer& out, const Balances& balances) {
  out.varint(balances.debits_pending.value);
  out.varint(balances.debits_posted.value);
  out.varint(balances.credits_pending.value);
  out.varint(balances.credits_posted.value);
}

Balances read_balances(Reader& in) {
  Balances balances;
  balances.debits_pending.value = in.varint128();
  balances.debits_posted.value = in.varint128();
  balances.credits_pending.value = in.varint128();
  balances.credits_posted.value = in.varint128();
  return balances;
}

void write_ledger(Writer& out, const Ledger& ledger) {
  out.varint(ledger.id.value);
  out.string(ledger.currency);
  out.varint(ledger.exponent);
  out.string(ledger.name);
  out.fixed(ledger.timestamp.value);
}

Ledger read_ledger(Reader& in) {
  Ledger ledger;
  ledger.id.value = in.varint<std::uint32_t>();
  ledger.currency = in.text(3);
  ledger.exponent = in.varint<std::uint8_t>();
  ledger.name = in.text(name_bytes_max);
  ledger.timestamp.value = in.fixed<std::uint64_t>();
  return ledger;
}

void write_client(Writer& out, const Client& client) {
  out.fixed(client.id.value);
  out.string(client.name);
  out.raw(client.secret_hash);
  out.varint(client.scopes);
  out.varint(static_cast<std::uint8_t>((client.all_ledgers ? 1 : 0) | (client.revoked ? 2 : 0)));
  out.varint(client.ledgers.size());
  for (const LedgerId ledger : client.ledgers) out.varint(ledger.value);
  out.varint(client.version);
  out.fixed(client.timestamp.value);
}

Client read_client(Reader& in) {
  Client client;
  client.id.value = in.fixed<std::uint64_t>();
  client.name = in.text(name_bytes_max);
  client.secret_hash = in.hash();
  client.scopes = in.varint<std::uint16_t>();
  const auto bits = in.varint<std::uint8_t>();
  if (bits > 3) in.fail();
  client.all_ledgers = (bits & 1) != 0;
  client.revoked = (bits & 2) != 0;
  const auto count = in.varint<std::uint32_t>();
  if (count > client_ledgers_max) in.fail();
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    const LedgerId ledger{in.varint<std::uint32_t>()};
    if (!client.ledgers.empty() && ledger <= client.ledgers.back()) in.fail();
    client.ledgers.push_back(ledger);
  }
  client.version = in.varint<std::uint32_t>();
  client.timestamp.value = in.fixed<std::uint64_t>();
  return client;
}

}  // namespace florin
