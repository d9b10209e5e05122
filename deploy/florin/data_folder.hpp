// Everything of a partition that stands on disk, opened in the order of the flow: keys, journal, state,
// events.
#pragma once

#include <memory>

#include "deploy/florin/open_keys.hpp"
#include "engine/clock/clock.hpp"
#include "engine/journal/segment_journal.hpp"
#include "engine/journal/store_event_log.hpp"
#include "engine/store/packed_store.hpp"
#include "engine/store/rocksdb_store.hpp"

namespace florin {

inline constexpr PartitionId embedded_partition{0};

// What a store is arranged for. One with few rows for an event holds those of four times as many events in
// the same memory, and all of them would have to be read again after a crash.
enum class StoreUse { state, queries, few_rows };

// A store of the data folder, under the newest storage key: of the keyring as it is now, or of keys that are
// shared and follow its rotations.
Result<std::unique_ptr<RocksdbStore>> open_store(const Settings& settings, const Keyring& keyring,
                                                 const std::filesystem::path& folder,
                                                 StoreUse use = StoreUse::state);
Result<std::unique_ptr<RocksdbStore>> open_store(const Settings& settings,
                                                 std::shared_ptr<const StorageKeys> keys,
                                                 const std::filesystem::path& folder,
                                                 StoreUse use = StoreUse::state);

// Of a read model, by the folder of one of its generations: `balances` writes about 30 bytes for a transfer,
// `history` 140.
StoreUse use_of_read_model(const std::filesystem::path& folder);

// The records of a partition's journal that are passed over. Errors: those of read_quarantine().
Result<Quarantine> open_quarantine(const Settings& settings, const Keyring& keyring,
                                   PartitionId partition = embedded_partition);
// Beside the embedded journal, or where it would be.
std::filesystem::path quarantine_file(const Settings& settings, PartitionId partition = embedded_partition);

Result<void> make_data_folder(const std::filesystem::path& folder);  // mode 0700, where it is not there

// What an engine keeps of a partition: its state, and on an embedded journal the events.
struct OpenedState {
  std::unique_ptr<RocksdbStore> rocksdb{};
  std::unique_ptr<PackedStore> store{};  // the rows of that one as they are to be read and written
};
Result<OpenedState> open_state(const Settings& settings, const OpenedKeys& keys,
                               const std::filesystem::path& folder);

// The clock outlives it.
struct DataFolder : OpenedKeys, OpenedState {
  Quarantine quarantine{};
  std::unique_ptr<SegmentJournal> journal{};
  std::unique_ptr<StoreEventLog> events{};
  std::int64_t journal_ms = 0, state_ms = 0;  // what their opening took, side by side

  // Errors: those of the parts; not_found for a folder without data when it must not be made.
  static Result<DataFolder> open(const Settings& settings, const Clock& clock, IfMissing missing);
  static Result<DataFolder> open(const Settings& settings, const Clock& clock,
                                 std::unique_ptr<WrappedKeyring> keyring, Quarantine quarantine);
  static Result<DataFolder> open(const Settings& settings, const Clock& clock, OpenedKeys keys,
                                 Quarantine quarantine);
  void close();  // in the reverse order of the flow; a later call does nothing

 private:
  Result<void> open_state_and_events(const Settings& settings);
};

}  // namespace florin
