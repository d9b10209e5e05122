#include "deploy/florin/data_folder.hpp"

#include <future>

#include "deploy/florin/stopwatch.hpp"
#include "engine/processor/genesis.hpp"
#include "engine/processor/processor.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

// What a crash left half compacted must not slow down the replay and the read models that it left behind.
constexpr std::chrono::seconds compactions_after{5};

// A page of history reads every table of level 0 many times; the engine hardly reads at all.
constexpr std::size_t level0_files_of_queries = 8;
constexpr std::size_t few_rows_share = 4;

}  // namespace

Result<void> make_data_folder(const fs::path& folder) {
  std::error_code error;
  const bool made = fs::create_directories(folder, error);
  if (!error && made) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return fail(Errc::io, "the folder " + folder.string() + " cannot be made: " + error.message());
  return {};
}

Result<std::unique_ptr<RocksdbStore>> open_store(const Settings& settings, const Keyring& keyring,
                                                 const fs::path& folder, StoreUse use) {
  FLORIN_TRY_ASSIGN(auto keys, StorageKeys::load(keyring));
  return open_store(settings, std::move(keys), folder, use);
}

Result<std::unique_ptr<RocksdbStore>> open_store(const Settings& settings,
                                                 std::shared_ptr<const StorageKeys> keys,
                                                 const fs::path& folder, StoreUse use) {
  StoreOptions options;
  options.memtable_bytes = settings.memtable_mib << 20;
  options.compactions_after = compactions_after;
  if (use != StoreUse::state) options.level0_files_max = level0_files_of_queries;
  if (use == StoreUse::few_rows) options.memtable_bytes /= few_rows_share;
  return RocksdbStore::open(folder, std::move(keys), options);
}

StoreUse use_of_read_model(const fs::path& folder) {
  return folder.parent_path().filename() == "balances" ? StoreUse::few_rows : StoreUse::queries;
}

std::filesystem::path quarantine_file(const Settings& settings, PartitionId partition) {
  fs::path file = settings.journal_path;
  if (partition != embedded_partition) file += "-" + to_string(partition);
  file += ".quarantine";
  return file;
}

Result<Quarantine> open_quarantine(const Settings& settings, const Keyring& keyring, PartitionId partition) {
  return read_quarantine(quarantine_file(settings, partition), partition, keyring);
}

Result<OpenedState> open_state(const Settings& settings, const OpenedKeys& keys, const fs::path& folder) {
  OpenedState state;
  FLORIN_TRY_ASSIGN(state.rocksdb, open_store(settings, keys.storage_keys, folder));
  state.store = std::make_unique<PackedStore>(*state.rocksdb, processor::packed_tables());
  return state;
}

Result<DataFolder> DataFolder::open(const Settings& settings, const Clock& clock, IfMissing missing) {
  std::error_code error;
  if (missing == IfMissing::refuse && !fs::exists(settings.journal_path, error))
    return fail(Errc::not_found, "there is no journal at " + settings.journal_path.string() +
                                     "; name the data folder with --data");
  FLORIN_TRY_ASSIGN(OpenedKeys keys, open_keys(settings, missing));
  FLORIN_TRY_ASSIGN(Quarantine quarantine, open_quarantine(settings, *keys.keyring));
  return open(settings, clock, std::move(keys), std::move(quarantine));
}

Result<DataFolder> DataFolder::open(const Settings& settings, const Clock& clock,
                                    std::unique_ptr<WrappedKeyring> keyring, Quarantine quarantine) {
  FLORIN_TRY_ASSIGN(OpenedKeys keys, keys_of(std::move(keyring)));
  return open(settings, clock, std::move(keys), std::move(quarantine));
}

Result<DataFolder> DataFolder::open(const Settings& settings, const Clock& clock, OpenedKeys keys,
                                    Quarantine quarantine) {
  DataFolder data;
  static_cast<OpenedKeys&>(data) = std::move(keys);
  data.quarantine = std::move(quarantine);
  SegmentJournalOptions options;
  options.quarantine = data.quarantine;
  options.segment_bytes = settings.segment_mib << 20;
  FLORIN_TRY(make_data_folder(settings.journal_path.parent_path()));
  // The lock comes first: it keeps other processes out of the state as well.
  FLORIN_TRY_ASSIGN(JournalLock lock, lock_journal(settings.journal_path));
  auto journal = std::async(std::launch::async, [&] {
    const Stopwatch watch;
    auto opened = SegmentJournal::open(std::move(lock), embedded_partition, clock, std::move(options));
    data.journal_ms = watch.ms();
    return opened;
  });
  Result<void> state = data.open_state_and_events(settings);
  FLORIN_TRY_ASSIGN(data.journal, journal.get());  // what is wrong with the truth is said first
  FLORIN_TRY(std::move(state));
  FLORIN_TRY(processor::write_genesis(*data.journal, *data.keyring, *data.envelope, embedded_partition));
  return data;
}

Result<void> DataFolder::open_state_and_events(const Settings& settings) {
  const Stopwatch watch;
  FLORIN_TRY_ASSIGN(static_cast<OpenedState&>(*this), open_state(settings, *this, settings.data / "engine"));
  FLORIN_TRY_ASSIGN(events, StoreEventLog::open(*store, *envelope));
  state_ms = watch.ms();
  return {};
}

void DataFolder::close() {
  events.reset();
  store.reset();
  rocksdb.reset();
  journal.reset();
  storage_keys.reset();
  envelope.reset();
  keyring.reset();
}

}  // namespace florin
