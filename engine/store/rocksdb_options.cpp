#include "engine/store/rocksdb_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>

#include "engine/store/memtable.hpp"

namespace florin {
namespace {

constexpr int background_jobs_max = 7;  // RocksDB 7.8 orders retried flushes wrongly with more
constexpr int flush_threads = 4;        // as many as a program has stores
constexpr std::size_t memtable_bytes_min = 64u << 10;
constexpr double bloom_bits_per_key = 10;
constexpr std::size_t level0_files_min = 4;
constexpr int level0_files_slow = 16, level0_files_stop = 32;  // behind those

// RocksDB would write its information log in the clear beside the encrypted files, and keys may stand in it.
// What matters comes back as a Status.
class SilentLogger final : public rocksdb::Logger {
 public:
  SilentLogger() : Logger(rocksdb::InfoLogLevel::HEADER_LEVEL) {}
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// Each table of level 0 spans all tables of rows, so that the whole of level 1 is written anew with them: as
// much as that, or it would be written anew more often than need be.
int level0_files(const StoreOptions& options, std::size_t level_1_bytes) {
  const std::size_t as_level_1 = level_1_bytes / options.memtable_bytes;
  return static_cast<int>(std::clamp(as_level_1, level0_files_min, options.level0_files_max));
}

rocksdb::BlockBasedTableOptions table_options(const StoreOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.cache_index_and_filter_blocks = true;  // so that the cache's bound holds for them as well
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(bloom_bits_per_key));
  // In blocks of a few KiB: a filter or index of a whole table is megabytes, and when all of them together
  // are larger than the cache, each read of a row would read and verify one of them.
  table.partition_filters = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  return table;
}

}  // namespace

// Why each option stands as it does: known faults of RocksDB 7.8.3 (docs/formats/state.md).
rocksdb::Options rocksdb_options(const StoreOptions& options, rocksdb::Env* env,
                                 std::shared_ptr<RocksdbFailure> failure) {
  rocksdb::Options out;
  // All stores of a process share these threads: a flush does not wait for that of another store, nor does
  // who writes into a memtable that is full.
  env->SetBackgroundThreads(flush_threads, rocksdb::Env::HIGH);
  out.env = env;
  out.create_if_missing = true;
  out.paranoid_checks = true;
  out.max_bgerror_resume_count = 0;  // a background error is final: replay repairs, resuming may lose rows
  out.avoid_flush_during_shutdown = true;  // ours does not wait for compactions, and theirs does
  out.listeners.push_back(std::move(failure));
  out.write_buffer_size = options.memtable_bytes;
  out.max_write_buffer_number = 2;
  out.level0_file_num_compaction_trigger = level0_files(options, out.max_bytes_for_level_base);
  out.level0_slowdown_writes_trigger = out.level0_file_num_compaction_trigger + level0_files_slow;
  out.level0_stop_writes_trigger = out.level0_file_num_compaction_trigger + level0_files_stop;
  out.max_background_jobs = options.background_jobs;
  out.max_open_files = options.open_files_max;
  out.disable_auto_compactions = options.compactions_after.count() > 0;
  // One thread writes. Each table of rows has two first bytes of its own (the engine's tables of state share
  // the first), and rows of a table come in ascending order: the hint makes such an insert several times
  // cheaper.
  out.allow_concurrent_memtable_write = false;
  out.memtable_factory = make_memtable_factory();
  out.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(2));
  out.compression =
      rocksdb::kLZ4Compression;  // works, since blocks are compressed before the Env encrypts them
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(options)));
  out.info_log = std::make_shared<SilentLogger>();
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
  return out;
}

Result<void> check_options(const StoreOptions& options) {
  if (options.background_jobs < 1 || options.background_jobs > background_jobs_max)
    return fail(Errc::invalid_argument,
                "the store's background_jobs must be 1 to " + std::to_string(background_jobs_max));
  if (options.level0_files_max < level0_files_min)
    return fail(Errc::invalid_argument,
                "the store's level0_files_max must be at least " + std::to_string(level0_files_min));
  if (options.memtable_bytes < memtable_bytes_min)
    return fail(Errc::invalid_argument,
                "the store's memtable_bytes must be at least " + std::to_string(memtable_bytes_min));
  return {};
}

}  // namespace florin
