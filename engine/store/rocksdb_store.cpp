#include "engine/store/rocksdb_store.hpp"

#include <rocksdb/db.h>
#include <rocksdb/utilities/checkpoint.h>

#include <system_error>

#include "engine/store/durable_folder.hpp"
#include "engine/store/encrypted_env.hpp"
#include "engine/store/rocksdb_failure.hpp"
#include "engine/store/rocksdb_options.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

// RocksDB asserts that a slice points somewhere, even when it is empty.
rocksdb::Slice to_slice(ByteView bytes) {
  return bytes.empty() ? rocksdb::Slice("", 0)
                       : rocksdb::Slice(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}
ByteView to_view(const rocksdb::Slice& slice) { return as_bytes({slice.data(), slice.size()}); }

// About what RocksDB needs for the batch, so that it need not grow.
std::size_t bytes_of(const StoreBatch& batch) {
  constexpr std::size_t row_overhead = 8;
  return batch.bytes() + row_overhead * (1 + batch.operations().size());
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error)) return {};
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error)
    return fail(Errc::io, "cannot create the store's folder " + folder.string() + ": " + error.message());
  return {};
}

}  // namespace

// The RocksDB with what it stands on, and reading as of now or as of a snapshot.
class RocksdbStore::Database {
 public:
  Database(fs::path folder, std::shared_ptr<const StorageKeys> keys, const StoreOptions& options)
      : folder_(std::move(folder)),
        failure_(std::make_shared<RocksdbFailure>(folder_.string())),
        env_(make_encrypted_env(std::move(keys))),
        options_(rocksdb_options(options, env_.get(), failure_)),
        compact_from_(std::chrono::steady_clock::now() + options.compactions_after),
        compacting_(!options_.disable_auto_compactions) {
    write_options_.disableWAL = true;
    // Else a flush waits until compactions, which may be behind by minutes, have caught up. So it takes as
    // long as it takes to write the memtables.
    flush_options_.allow_write_stall = true;
  }
  ~Database() {
    if (!db_) return;
    // Nothing can be told any more; what is missing is replayed.
    if (failure_->check()) db_->Flush(flush_options_).PermitUncheckedError();
    db_->Close().PermitUncheckedError();
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<void> open() {
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options_, folder_.string(), &db);
    db_.reset(db);
    return done("open", status);
  }

  Result<std::optional<Bytes>> get(ByteView key, const rocksdb::ReadOptions& read) const {
    FLORIN_TRY(failure_->check());
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = db_->Get(read, db_->DefaultColumnFamily(), to_slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    FLORIN_TRY(done("read", status));
    const ByteView bytes = to_view(value);
    return Bytes(bytes.begin(), bytes.end());
  }

  // One by one: RocksDB 7.8 may overlook corruption in MultiGet, which is hardly faster here.
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys,
                                                     const rocksdb::ReadOptions& read) const {
    std::vector<std::optional<Bytes>> values;
    values.reserve(keys.size());
    for (const Bytes& key : keys) {
      FLORIN_TRY_ASSIGN(auto value, get(key, read));
      values.push_back(std::move(value));
    }
    return values;
  }

  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit,
                    rocksdb::ReadOptions read) const {
    FLORIN_TRY(failure_->check());
    const rocksdb::Slice lower = to_slice(first), upper = to_slice(last);
    read.iterate_lower_bound = &lower;
    if (!last.empty()) {
      if (lower.compare(upper) >= 0) return {};
      read.iterate_upper_bound = &upper;
    }
    const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(read));
    if (order == ScanOrder::ascending) {
      for (rows->SeekToFirst(); rows->Valid(); rows->Next())
        if (!visit(to_view(rows->key()), to_view(rows->value()))) break;
    } else {
      for (rows->SeekToLast(); rows->Valid(); rows->Prev())
        if (!visit(to_view(rows->key()), to_view(rows->value()))) break;
    }
    return done("scan", rows->status());
  }

  Result<void> write(const StoreBatch& batch) {
    FLORIN_TRY(failure_->check());
    rocksdb::WriteBatch changes(bytes_of(batch));
    for (const RowChange& operation : batch.operations()) {
      const rocksdb::Status status = operation.value
                                         ? changes.Put(to_slice(operation.key), to_slice(*operation.value))
                                         : changes.Delete(to_slice(operation.key));
      FLORIN_TRY(done("prepare a write", status));
    }
    FLORIN_TRY(done("write", db_->Write(write_options_, &changes)));
    if (!compacting_ && std::chrono::steady_clock::now() >= compact_from_) return begin_compactions();
    return {};
  }

  Result<void> flush() {
    FLORIN_TRY(failure_->check());
    return done("flush", db_->Flush(flush_options_));
  }

  // Its rows are in memtables and tables only, without a log: RocksDB flushes before it copies.
  Result<void> copy_to(const fs::path& folder) {
    FLORIN_TRY(failure_->check());
    rocksdb::Checkpoint* raw = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &raw);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
    if (status.ok()) status = checkpoint->CreateCheckpoint(folder.string());
    if (status.ok()) return {};
    return fail(status.IsNoSpace() ? Errc::disk_full : Errc::io,
                "the store " + folder_.string() + " cannot be copied to " + folder.string() + ": " +
                    status.ToString());
  }

  const rocksdb::Snapshot* take_snapshot() { return db_->GetSnapshot(); }
  void release_snapshot(const rocksdb::Snapshot* snapshot) { db_->ReleaseSnapshot(snapshot); }
  Result<void> check() const { return failure_->check(); }
  const fs::path& folder() const { return folder_; }

 private:
  Result<void> done(std::string_view what, const rocksdb::Status& status) const {
    if (status.ok()) return {};
    return fail(failure_->record(what, status));
  }

  Result<void> begin_compactions() {
    compacting_ = true;
    return done("begin compactions", db_->EnableAutoCompaction({db_->DefaultColumnFamily()}));
  }

  const fs::path folder_;
  const std::shared_ptr<RocksdbFailure> failure_;
  const std::unique_ptr<rocksdb::Env> env_;  // must outlive db_
  const rocksdb::Options options_;
  rocksdb::WriteOptions write_options_;
  rocksdb::FlushOptions flush_options_;
  std::unique_ptr<rocksdb::DB> db_;
  const std::chrono::steady_clock::time_point compact_from_;
  bool compacting_;  // the writer's thread only
};

class RocksdbStore::Snapshot final : public StoreReader {
 public:
  explicit Snapshot(Database& database) : database_(database) { read_.snapshot = database_.take_snapshot(); }
  ~Snapshot() override { database_.release_snapshot(read_.snapshot); }

  Result<std::optional<Bytes>> get(ByteView key) const override { return database_.get(key, read_); }
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override {
    return database_.get_many(keys, read_);
  }
  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override {
    return database_.scan(first, last, order, visit, read_);
  }

 private:
  Database& database_;
  rocksdb::ReadOptions read_;
};

Result<std::unique_ptr<RocksdbStore>> RocksdbStore::open(const fs::path& folder,
                                                         std::shared_ptr<const StorageKeys> keys,
                                                         const StoreOptions& options) {
  FLORIN_TRY(check_options(options));
  FLORIN_TRY(make_folder(folder));
  // CURRENT is in every RocksDB. Asked first, so that a wrong key is told from a broken file.
  std::error_code error;
  if (const fs::path current = folder / "CURRENT"; fs::exists(current, error))
    FLORIN_TRY(check_encrypted_file(current, *keys));
  FLORIN_TRY(remove_unmade_files(folder));
  FLORIN_TRY(remove_old_identity(folder, keys->newest()));
  auto database = std::make_unique<Database>(folder, std::move(keys), options);
  FLORIN_TRY(database->open());
  return std::unique_ptr<RocksdbStore>(new RocksdbStore(std::move(database)));
}

RocksdbStore::RocksdbStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
RocksdbStore::~RocksdbStore() = default;

Result<std::optional<Bytes>> RocksdbStore::get(ByteView key) const { return database_->get(key, {}); }
Result<std::vector<std::optional<Bytes>>> RocksdbStore::get_many(const std::vector<Bytes>& keys) const {
  return database_->get_many(keys, {});
}
Result<void> RocksdbStore::scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const {
  return database_->scan(first, last, order, visit, {});
}
Result<void> RocksdbStore::write(const StoreBatch& batch) { return database_->write(batch); }
Result<void> RocksdbStore::copy_to(const fs::path& folder) {
  FLORIN_TRY(check_new(folder));
  FLORIN_TRY(database_->copy_to(folder));
  Result<void> done = make_durable(folder);
  std::error_code error;
  if (!done) fs::remove_all(folder, error);
  return done;
}
Result<void> RocksdbStore::flush() { return database_->flush(); }

Result<std::unique_ptr<StoreReader>> RocksdbStore::snapshot() const {
  FLORIN_TRY(database_->check());
  return std::make_unique<Snapshot>(*database_);
}

std::uint64_t RocksdbStore::bytes_on_disk() const {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::directory_iterator it(database_->folder(), error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;  // RocksDB removes files while we count
    const std::uintmax_t size = it->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace florin
