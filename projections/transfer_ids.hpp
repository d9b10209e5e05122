// The rows of history by which a transfer's id tells its timestamp. Clients whose ids ascend with time cost a
// row for a run of them; every other id has a row of its own.
//
//   ids     := 01 book:u32be transfer:u128be -> timestamp:u64
//   id_runs := 06 book:u32be transfer:u128be -> timestamp:u64 (difference:varint
//   timestamp_difference:varint)*
//
// Runs do not overlap, so that the last one that begins at an id or before it is the only one that can have
// it.
#pragma once

#include <map>

#include "projections/rows.hpp"

namespace florin::projections {

// Ids of one run. Fewer stand alone.
inline constexpr std::size_t id_run_min = 8, id_run_max = 128;

Result<std::optional<Timestamp>> transfer_time(const StoreReader& store, BookId book, TransferId id);

// Those of one batch. The view's thread.
class TransferIds {
 public:
  void add(BookId book, TransferId id, Timestamp at) {
    made_.push_back({book, id, at});
  }  // in the log's order
  Result<void> write(RowBuffer& rows, const StoreReader& store);

 private:
  struct Made {
    BookId book;
    TransferId id;
    Timestamp at;
  };
  using Place = InBook<TransferId>;

  Result<bool> is_free(const Made& first, const Made& last, const StoreReader& store);
  Result<TransferId> greatest(BookId book, const StoreReader& store);

  std::vector<Made> made_;
  std::map<Place, TransferId> runs_;       // of this batch: the first id and the last
  std::map<BookId, TransferId> greatest_;  // in any run, of each book, as far as it was needed
};

}  // namespace florin::projections
