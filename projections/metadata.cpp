#include "projections/metadata.hpp"

#include <algorithm>

#include "engine/base/hash.hpp"
#include "projections/index_fields.hpp"
#include "schemas/transactions_codec.hpp"

namespace florin::projections {
namespace {

constexpr std::size_t hash_bytes = 16;

std::optional<std::string> value_of(const Metadata& metadata, std::string_view key) {
  for (const auto& [name, value] : metadata)
    if (name == key) return value;
  return std::nullopt;
}

void assign(Metadata& metadata, const std::string& key, const std::optional<std::string>& value) {
  const auto at = std::lower_bound(metadata.begin(), metadata.end(), key,
                                   [](const auto& entry, const std::string& k) { return entry.first < k; });
  const bool found = at != metadata.end() && at->first == key;
  if (found && value) at->second = *value;
  else if (found) metadata.erase(at);
  else if (value) metadata.insert(at, {key, *value});
}

}  // namespace

Bytes MetadataTables::index_of(BookId book, std::string_view key, std::string_view value) const {
  Bytes pair;
  Writer out(pair);
  out.string(key);
  out.string(value);
  const Hash256 hash = blake2b(pair);
  Bytes prefix = row_key(index, book.value);
  prefix.insert(prefix.end(), hash.begin(), hash.begin() + hash_bytes);
  return prefix;
}

void MetadataRows::create(BookId book, Timestamp at, const Metadata& metadata) {
  if (metadata.empty()) return;
  changed_[{book, at}] = metadata;
  for (const auto& [key, value] : metadata) index(book, at, key, value, true);
}

Result<void> MetadataRows::change(BookId book, const MetadataSet& set, const StoreReader& store) {
  FLORIN_TRY_ASSIGN(Metadata metadata, fetch({book, set.timestamp}, store));
  for (const auto& [key, before, after] : set.changes) {
    if (value_of(metadata, key) != before)
      return fail(Errc::corrupt, "metadata is changed from a value that the rows do not have");
    if (before) index(book, set.timestamp, key, *before, false);
    if (after) index(book, set.timestamp, key, *after, true);
    assign(metadata, key, after);
  }
  changed_[{book, set.timestamp}] = std::move(metadata);
  return {};
}

Result<Metadata> MetadataRows::fetch(Key key, const StoreReader& store) const {
  if (const auto it = changed_.find(key); it != changed_.end()) return it->second;
  return read_metadata_of(store, tables_, key.first, key.second);
}

void MetadataRows::index(BookId book, Timestamp at, std::string_view key, std::string_view value,
                         bool there) {
  indexed_[index_key(tables_.index_of(book, key, value), at)] = there;
}

void MetadataRows::move_into(RowBuffer& rows) {
  for (const auto& [key, metadata] : changed_) {
    const auto& [book, at] = key;
    if (metadata.empty()) {
      rows.erase(tables_.row_of(book, at));
      continue;
    }
    Bytes bytes;
    Writer out(bytes);
    write_metadata(out, metadata);
    rows.put(tables_.row_of(book, at), std::move(bytes));
  }
  for (const auto& [key, there] : indexed_) {
    if (there) rows.put(key, {});
    else rows.erase(key);
  }
  changed_.clear();
  indexed_.clear();
}

Result<Metadata> read_metadata_of(const StoreReader& store, const MetadataTables& tables, BookId book,
                                  Timestamp at) {
  FLORIN_TRY_ASSIGN(const auto row, store.get(tables.row_of(book, at)));
  FLORIN_TRY_ASSIGN(auto metadata, decode_row<Metadata>(row, read_metadata));
  return std::move(metadata).value_or(Metadata{});
}

bool fits_metadata(const MetadataFilter& filter, const Metadata& metadata) {
  return std::all_of(filter.begin(), filter.end(), [&](const auto& wanted) {
    const auto& [key, values] = wanted;
    const auto value = value_of(metadata, key);
    return value && any_of(values, *value);
  });
}

}  // namespace florin::projections
