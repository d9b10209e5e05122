// The store on disk: one RocksDB with one column family, no write-ahead log, every file encrypted
// (docs/formats/state.md). Writes reach the disk when a memtable is full, at flush(), and when the store is
// closed after no error.
//
// Any thread reads, one thread writes. The first failure, RocksDB's own background work included, is kept,
// and every later call returns it: the owner stops, opens the store again and replays the journal. There is
// no resuming.
#pragma once

#include <chrono>
#include <filesystem>

#include "engine/store/storage_keys.hpp"
#include "engine/store/store.hpp"

namespace florin {

struct StoreOptions {
  std::size_t memtable_bytes = 16u << 20;     // two of them at most: one filling, one being flushed
  std::size_t block_cache_bytes = 64u << 20;  // blocks, indexes and filters of tables that were read
  // Tables of level 0 that are compacted together, 4 to so many: more of them cost fewer compactions and
  // longer reads.
  std::size_t level0_files_max = 16;
  int background_jobs = 2;  // flushes and compactions at the same time, 1 to 7
  int open_files_max = 512;
  // So long after it was opened nothing is compacted, for a start has a better use for the processor; the
  // first write after that begins with it.
  std::chrono::milliseconds compactions_after{0};
};

class RocksdbStore final : public Store {
 public:
  // Creates the folder (mode 0700) when there is none. Errors: key_missing, key_refused (another storage key
  // wrote it), format (not an encrypted store), invalid_argument, io (also: open in another process),
  // disk_full, corrupt.
  static Result<std::unique_ptr<RocksdbStore>> open(const std::filesystem::path& folder,
                                                    std::shared_ptr<const StorageKeys> keys,
                                                    const StoreOptions& options = {});
  ~RocksdbStore() override;

  Result<std::optional<Bytes>> get(ByteView key) const override;
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override;
  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override;
  Result<void> write(const StoreBatch& batch) override;
  Result<void> flush() override;
  Result<std::unique_ptr<StoreReader>> snapshot() const override;
  std::uint64_t bytes_on_disk() const override;
  // Makes a store of its own, durable, with all rows of this moment, in a folder that is not there yet (mode
  // 0700). The two share files by hard links where they stand on one file system. Unlike others, a failure
  // here is not the store's own, and leaves nothing behind. Errors: already_exists, not_found (the parent
  // folder), disk_full, io.
  Result<void> copy_to(const std::filesystem::path& folder);

 private:
  class Database;
  class Snapshot;
  explicit RocksdbStore(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
};

}  // namespace florin
