// The state digest: BLAKE2b-256 over the canonical state rows in key order. Two engines that have decided the
// same journal up to the same position have the same digest (docs/formats/state.md, digest version 1).
#pragma once

#include "engine/base/hash.hpp"
#include "engine/processor/processor.hpp"

namespace florin::processor {

struct StateDigest {
  Ordinal next_ordinal;    // the records before this one are in the state
  Sequence next_sequence;  // and the events before this one
  Hash256 hash{};
  std::uint64_t rows = 0;
};

// The digest of rows that somebody reads anyway: all state rows in key order, without their prefix.
class DigestOfRows {
 public:
  DigestOfRows();
  Result<void> row(ByteView key, ByteView value);  // Errc::format
  StateDigest finish();

 private:
  Blake2b hash_;
  StateDigest digest_;
  Bytes framed_;
};

// Reads every row: give it a snapshot. Errors: those of the store, format.
Result<StateDigest> state_digest(const StoreReader& store);

}  // namespace florin::processor
