#include "projections/transaction_rows.hpp"

#include "schemas/transactions_codec.hpp"

namespace florin::projections::transaction_rows {

Bytes encode(const Stored& stored) {
  Bytes bytes;
  Writer out(bytes);
  out.fixed(stored.legs);
  write_transaction(out, stored.transaction);
  return bytes;
}

Stored read_stored(Reader& in) {
  Stored stored;
  stored.legs = in.fixed<std::uint32_t>();
  stored.transaction = read_transaction(in);
  return stored;
}

Head read_head(Reader& in) {
  Head head;
  head.legs = in.fixed<std::uint32_t>();
  head.id.value = in.fixed<u128>();
  return head;
}

Bytes encode(Timestamp at) {
  Bytes bytes;
  Writer(bytes).fixed(at.value);
  return bytes;
}

Timestamp read_timestamp(Reader& in) { return {in.fixed<std::uint64_t>()}; }

Bytes encode(const std::vector<Amount>& reversed) {
  Bytes bytes;
  Writer out(bytes);
  for (const Amount amount : reversed) out.varint(amount.value);
  return bytes;
}

std::vector<Amount> read_reversed(Reader& in) {
  std::vector<Amount> reversed;
  while (in.left() > 0) reversed.push_back({in.varint128()});
  return reversed;
}

}  // namespace florin::projections::transaction_rows
