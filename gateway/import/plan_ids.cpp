#include "gateway/import/plan_ids.hpp"

#include <cstring>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"

namespace florin::importing {
namespace {

// The first 127 bits: 2^128-1 is no id, and neither is 0, which no one will ever see.
u128 id_of(const Bytes& content) {
  const Hash256 hash = blake2b(content);
  u128 id = 0;
  std::memcpy(&id, hash.data(), sizeof id);
  id &= u128_max >> 1;
  return id == 0 ? 1 : id;
}

}  // namespace

AccountId account_id(std::string_view name, std::string_view commodity) {
  Bytes content;
  Writer out(content);
  out.string("florin import account 1");
  out.string(name);
  out.string(commodity);
  return {id_of(content)};
}

TransactionId transaction_id(const JournalTransaction& transaction, std::uint64_t occurrence) {
  Bytes content;
  Writer out(content);
  out.string("florin import transaction 1");
  out.fixed(std::int64_t{transaction.date.time_since_epoch().count()});
  out.string(transaction.code);
  out.string(transaction.description);
  out.varint(transaction.postings.size());
  for (const JournalPosting& posting : transaction.postings) {
    out.string(posting.account);
    out.string(posting.commodity);
    out.string(to_string(posting.quantity));
    out.fixed(std::uint8_t{posting.is_virtual});
  }
  out.varint(occurrence);
  return {id_of(content)};
}

}  // namespace florin::importing
