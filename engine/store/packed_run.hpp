// Many rows in the value of one, as PackedStore keeps them.
//
//   run  := row+
//   row  := varint bytes shared with the key before (0 in the first row), string rest of the key, string
//   value
#pragma once

#include <functional>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/base/row_change.hpp"
#include "engine/store/row_cursor.hpp"

namespace florin {

inline constexpr std::size_t run_rows_min = 8, run_rows_max = 64;
inline constexpr std::size_t run_bytes_max = 16u << 10;  // of keys and values; one of more is not packed

// Of rows in ascending order of their keys.
Bytes encode_run(const std::vector<RowChange>& rows);

// Errc::corrupt when the bytes are no run.
Result<void> each_row(ByteView run, const std::function<void(ByteView key, ByteView value)>& visit);
Result<std::vector<StoreRow>> decode_run(ByteView run);

}  // namespace florin
