// The port to ordered key-value storage: a cache of the journal, not a truth of its own. Writes are atomic
// and ordered, but durable only after flush() or when the adapter decides; after a crash a prefix of the
// writes is there, and replay brings the rest. Keys order as unsigned bytes.
//
// Any thread may read; one thread writes. After any error the store refuses all work with that error: the
// owner stops. Errors: io, disk_full, corrupt.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"
#include "engine/store/store_batch.hpp"

namespace florin {

enum class ScanOrder { ascending, descending };

class StoreReader {
 public:
  // Gets a row and says whether to go on.
  using Visitor = std::function<bool(ByteView key, ByteView value)>;

  virtual ~StoreReader() = default;
  virtual Result<std::optional<Bytes>> get(ByteView key) const = 0;
  // One answer for each key, in order.
  virtual Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const = 0;
  // Rows with first <= key < last of one moment, in the given order, until the visitor says stop. An empty
  // `last` is no bound, as prefix_end() gives it. The visitor must not call the store, and its views end with
  // its call.
  virtual Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const = 0;
};

class Store : public StoreReader {
 public:
  virtual Result<void> write(const StoreBatch& batch) = 0;
  virtual Result<void> flush() = 0;  // all writes so far are durable when it returns
  // The rows of this moment. The store must outlive it.
  virtual Result<std::unique_ptr<StoreReader>> snapshot() const = 0;
  virtual std::uint64_t bytes_on_disk() const = 0;
};

// The smallest key that is greater than every key with this prefix; empty when there is none (all 0xff).
Bytes prefix_end(ByteView prefix);

}  // namespace florin
