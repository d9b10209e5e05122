#include "engine/processor/digest.hpp"

#include "engine/base/codec.hpp"

// digest := BLAKE2b-256( "florin state digest 1" row* ), row := string key, string value; both with their
// varint length.

namespace florin::processor {

DigestOfRows::DigestOfRows() {
  hash_.update(as_bytes("florin state digest 1"));
  digest_.next_sequence = Partition{}.next_sequence;
}

Result<void> DigestOfRows::row(ByteView key, ByteView value) {
  if (key.size() == 1 && key[0] == row_partition) {
    FLORIN_TRY_ASSIGN(const Partition partition, decode_partition(value));
    digest_.next_ordinal = partition.next_ordinal;
    digest_.next_sequence = partition.next_sequence;
  }
  framed_.clear();
  Writer out(framed_);
  out.string(key);
  out.string(value);
  hash_.update(framed_);
  ++digest_.rows;
  return {};
}

StateDigest DigestOfRows::finish() {
  digest_.hash = hash_.finish();
  return digest_;
}

Result<StateDigest> state_digest(const StoreReader& store) {
  DigestOfRows digest;
  Result<void> taken;
  FLORIN_TRY(store.scan(Bytes{state_prefix}, Bytes{state_prefix + 1}, ScanOrder::ascending,
                        [&](ByteView key, ByteView value) {
                          taken = digest.row(key.subspan(1), value);
                          return taken.has_value();
                        }));
  FLORIN_TRY(std::move(taken));
  return digest.finish();
}

}  // namespace florin::processor
