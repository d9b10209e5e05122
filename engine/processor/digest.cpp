#include "engine/processor/digest.hpp"

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"

// digest := BLAKE2b-256( "florin state digest 1" row* ), row := string key, string value; both with their
// varint length.

namespace florin::processor {

Result<StateDigest> state_digest(const StoreReader& store) {
  StateDigest digest;
  Blake2b hash;
  hash.update(as_bytes("florin state digest 1"));
  Result<Partition> partition = Partition{};
  Bytes framed;
  FLORIN_TRY(store.scan(Bytes{state_prefix}, Bytes{state_prefix + 1}, ScanOrder::ascending,
                        [&](ByteView key, ByteView value) {
                          key = key.subspan(1);
                          if (key.size() == 1 && key[0] == row_partition) partition = decode_partition(value);
                          framed.clear();
                          Writer out(framed);
                          out.string(key);
                          out.string(value);
                          hash.update(framed);
                          ++digest.rows;
                          return partition.has_value();
                        }));
  if (!partition) return fail(std::move(partition).error());
  digest.next_ordinal = partition->next_ordinal;
  digest.next_sequence = partition->next_sequence;
  digest.hash = hash.finish();
  return digest;
}

}  // namespace florin::processor
