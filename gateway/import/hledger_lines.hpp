// Where the transactions of hledger's JSON stand in the file.
#pragma once

#include <string_view>

#include "engine/base/result.hpp"
#include "gateway/import/tool_rows.hpp"

namespace florin::importing {

// By their `tindex`, from the `tsourcepos` beside it. Errc::format when it is not JSON.
Result<HledgerLines> read_hledger_lines(std::string_view json);

}  // namespace florin::importing
