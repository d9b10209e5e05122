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

// The rows with one prefix, read in chunks that grow while they are used and shrink while they are jumped
// over.
class Leaf final : public Candidates::Stream {
 public:
  using Counts = std::function<bool(ByteView key, ByteView value)>;
  Leaf(const StoreReader& store, Budget& budget, Extent extent, Bytes prefix, Counts counts)
      : store_(store),
        budget_(budget),
        extent_(extent),
        prefix_(std::move(prefix)),
        counts_(std::move(counts)) {}
  Result<std::optional<Place>> seek(Place from) override;

 private:
  Result<void> fill(Place from);
  void resize(Place from);
  bool visit(ByteView key, ByteView value);

  const StoreReader& store_;
  Budget& budget_;
  const Extent extent_;
  const Bytes prefix_;
  const Counts counts_;
  std::vector<Place> chunk_;  // of rows that count
  std::size_t at_ = 0;        // in chunk_: what is before was passed
  std::size_t used_ = 0;      // seeks that the chunk answered
  std::size_t size_ = 0;      // rows of the chunk that was asked for last
  std::size_t read_ = 0;      // rows of it that there were
  Bytes behind_;              // the key of the last row that was read; empty before the first chunk
  bool complete_ = false;     // no row is behind the chunk
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
