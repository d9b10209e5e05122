// The streams that an index query is made of: the rows of one prefix, known timestamps, and several streams
// as one. Part of projections/index.cpp.
#pragma once

#include "projections/index.hpp"

namespace florin::projections {

class Candidates::Stream {
 public:
  virtual ~Stream() = default;
  // The first place at or behind `from`; none when there is none. `from` never goes back.
  virtual Result<std::optional<std::uint64_t>> seek(std::uint64_t from) = 0;
};

namespace index_streams {

using Place = std::uint64_t;
using StreamPtr = std::unique_ptr<Candidates::Stream>;

// The timestamps that one walk may meet, and its direction.
struct Extent {
  Timestamp low, high;
  bool down = false;
  Place place(Timestamp at) const { return down ? ~at.value : at.value; }
  Timestamp timestamp(Place place) const { return {down ? ~place : place}; }
};

// The rows with one prefix, read in chunks of whole rows that grow while they are used and shrink while they
// are jumped over.
class Leaf final : public Candidates::Stream {
 public:
  Leaf(const StoreReader& store, Budget& budget, Extent extent, Bytes prefix, RowTimes times)
      : store_(store),
        budget_(budget),
        extent_(extent),
        prefix_(std::move(prefix)),
        times_(std::move(times)) {}
  Result<std::optional<Place>> seek(Place from) override;

 private:
  Result<void> fill(Place from);
  void resize(Place from);
  bool goes_on(Place from) const { return !behind_.empty() && from <= last_ + 1; }
  Result<Bytes> first_key(Timestamp low) const;
  bool visit(Timestamp low, Timestamp high, ByteView key, ByteView value);

  const StoreReader& store_;
  Budget& budget_;
  const Extent extent_;
  const Bytes prefix_;
  const RowTimes times_;
  std::vector<Place> chunk_;         // of timestamps that count
  std::vector<Timestamp> row_;       // those of one row, kept for its memory
  std::size_t at_ = 0;               // in chunk_: what is before was passed
  std::size_t used_ = 0;             // seeks that the chunk answered
  std::size_t size_ = 0;             // timestamps of the chunk that was asked for last
  std::size_t read_ = 0, cost_ = 0;  // timestamps that there were, and what it cost to read them
  Bytes behind_;                     // the key of the last row that was read; empty before the first chunk
  Place last_ = 0;                   // of that row
  bool complete_ = false;            // no row is behind the chunk
  bool broken_ = false;              // a row does not follow its grammar
};

// Timestamps that are known beforehand.
class Known final : public Candidates::Stream {
 public:
  Known(Extent extent, const std::vector<Timestamp>& timestamps);
  Result<std::optional<Place>> seek(Place from) override;

 private:
  std::vector<Place> places_;  // ascending
};

// Several streams as one, each place once.
class Union final : public Candidates::Stream {
 public:
  explicit Union(std::vector<StreamPtr> streams) : parts_(streams.size()) {
    for (std::size_t i = 0; i < streams.size(); ++i) parts_[i].stream = std::move(streams[i]);
  }
  Result<std::optional<Place>> seek(Place from) override;

 private:
  struct Part {
    StreamPtr stream;
    Place at = 0;
    bool known = false, ended = false;
  };
  std::vector<Part> parts_;
};

StreamPtr make_stream(const StoreReader& store, Budget& budget, Extent extent, const IndexTerm& term);

}  // namespace index_streams
}  // namespace florin::projections
