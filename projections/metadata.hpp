// The metadata of one kind of targets, for the views that show and find them: all of it by the target's
// timestamp, and an index row for each key and value. Metadata is changed seldom, so that a change may read
// its row.
//
// Owned by its view's thread; the functions are for any.
#pragma once

#include <map>

#include "projections/field_filter.hpp"
#include "projections/rows.hpp"
#include "schemas/events.hpp"

namespace florin::projections {

struct MetadataTables {
  std::uint8_t rows = 0, index = 0;

  Bytes row_of(BookId book, Timestamp at) const { return row_key(rows, book.value, at.value); }
  // Of the index rows of a key and value. It holds a hash of them, so that a row may mean another pair.
  Bytes index_of(BookId book, std::string_view key, std::string_view value) const;
};

class MetadataRows {
 public:
  explicit MetadataRows(MetadataTables tables) : tables_(tables) {}

  void create(BookId book, Timestamp at, const Metadata& metadata);  // what a target has from the start
  Result<void> change(BookId book, const MetadataSet& set, const StoreReader& store);
  void move_into(RowBuffer& rows);

 private:
  using Key = std::pair<BookId, Timestamp>;
  Result<Metadata> fetch(Key key, const StoreReader& store) const;
  void index(BookId book, Timestamp at, std::string_view key, std::string_view value, bool there);

  const MetadataTables tables_;
  std::map<Key, Metadata> changed_;  // by this batch
  std::map<Bytes, bool> indexed_;    // index keys of this batch: written or erased
};

// Empty when there is none. Errors: those of the store, corrupt.
Result<Metadata> read_metadata_of(const StoreReader& store, const MetadataTables& tables, BookId book,
                                  Timestamp at);
bool fits_metadata(const MetadataFilter& filter, const Metadata& metadata);

}  // namespace florin::projections
