// The binary form of the two batches: records of 128 bytes in TigerBeetle's layout in, results of 16 bytes
// out (docs/formats/binary.md). As with JSON, whatever the core has a result for goes through.
#pragma once

#include "gateway/appender/appender.hpp"
#include "gateway/commands/items.hpp"

namespace florin::gateway {

Parsed parse_account_records(std::string_view body);
Parsed parse_transfer_records(std::string_view body);

// A result for each item of an outcome that is not refused as a whole.
std::string write_result_records(const Outcome& outcome);

}  // namespace florin::gateway
