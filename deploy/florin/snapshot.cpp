#include "deploy/florin/snapshot.hpp"

#include <nlohmann/json.hpp>

#include "engine/processor/processor.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

Result<processor::Partition> partition_of(const Store& store) {
  FLORIN_TRY_ASSIGN(const auto row, store.get(processor::state_key(Bytes{processor::row_partition})));
  if (!row) return fail(Errc::corrupt, "the snapshot holds no state of a partition");
  return processor::decode_partition(*row);
}

Result<std::string> describe(const Settings& settings, const OpenedKeys& keys, const fs::path& folder) {
  FLORIN_TRY_ASSIGN(const auto copy, open_store(settings, keys.storage_keys, folder));
  FLORIN_TRY_ASSIGN(const auto partition, partition_of(*copy));
  return nlohmann::ordered_json{{"folder", folder.string()},
                                {"records", partition.next_ordinal.value},
                                {"next_sequence", partition.next_sequence.value}}
      .dump();
}

}  // namespace

Result<std::string> snapshot_engine(const OpenedState& state, const OpenedKeys& keys,
                                    const Settings& settings, std::string_view folder) {
  const fs::path path(folder);
  if (!path.is_absolute())
    return fail(Errc::invalid_argument, "the folder of a snapshot is named by an absolute path");
  FLORIN_TRY(state.rocksdb->copy_to(path));
  auto described = describe(settings, keys, path);
  std::error_code error;
  if (!described) fs::remove_all(path, error);
  return described;
}

}  // namespace florin
