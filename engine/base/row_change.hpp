// A change of one row in ordered key-value storage, as the pure rooms give it and stores take it.
#pragma once

#include <functional>
#include <optional>

#include "engine/base/bytes.hpp"

namespace florin {

// A row that is put or, without a value, erased. The bytes are somebody else's.
struct RowChange {
  ByteView key;
  std::optional<ByteView> value;
  bool fresh = false;  // no row has this key yet
};

// Gets a row whose bytes live for the call.
using RowSink = std::function<void(const RowChange& row)>;

}  // namespace florin
