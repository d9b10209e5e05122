// A copy of the engine's store, from which another engine starts instead of deciding the whole journal again.
#pragma once

#include "deploy/florin/data_folder.hpp"

namespace florin {

// Writes it beside or apart from the data folder while the engine works, opens it once, and says as JSON what
// it holds: {"folder", "records", "next_sequence"}. Leaves nothing behind when it fails. Errors:
// invalid_argument (not an absolute path), those of RocksdbStore::copy_to and open.
Result<std::string> snapshot_engine(const OpenedState& state, const OpenedKeys& keys,
                                    const Settings& settings, std::string_view folder);

}  // namespace florin
