// The encoding of transactions, metadata, limits and the items of a bulk, shared by commands, events and
// state rows. Grammar: docs/formats/items.md. One value has one encoding: a reader refuses every other.
#pragma once

#include "engine/base/codec.hpp"
#include "schemas/transactions.hpp"

namespace florin {

void write_metadata(Writer& out, const Metadata& metadata);
Metadata read_metadata(Reader& in);
void write_transaction(Writer& out, const Transaction& transaction);
Transaction read_transaction(Reader& in);
void write_target(Writer& out, const Target& target);
Target read_target(Reader& in);
void write_limits(Writer& out, const Limits& limits);
Limits read_limits(Reader& in);
void write_optional(Writer& out, const std::optional<std::string>& text);
std::optional<std::string> read_optional(Reader& in, std::size_t bytes_max);
void write_bulk_item(Writer& out, const BulkItem& item);
BulkItem read_bulk_item(Reader& in);

}  // namespace florin
