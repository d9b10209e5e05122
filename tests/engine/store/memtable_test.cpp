// The memtable through a store whose rows all are in it, against a store in memory.
#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "engine/store/memory_store.hpp"
#include "tests/engine/store/rocksdb_fixture.hpp"

using namespace florin;
using namespace florin::test;

namespace {

using Rows = std::vector<std::pair<Bytes, Bytes>>;

Rows rows_of(const StoreReader& store, ByteView first, ByteView last, ScanOrder order, std::size_t rows_max) {
  Rows rows;
  REQUIRE(store.scan(first, last, order, [&](ByteView key, ByteView value) {
    rows.emplace_back(Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end()));
    return rows.size() < rows_max;
  }));
  return rows;
}

// Short keys of few bytes, so that many are equal and one is the beginning of another.
Bytes any_key(std::mt19937_64& dice) {
  Bytes key(1 + dice() % 5);
  for (std::uint8_t& byte : key) byte = static_cast<std::uint8_t>(dice() % 4 * 85);
  return key;
}

StoreBatch any_batch(std::mt19937_64& dice) {
  StoreBatch batch;
  for (std::size_t left = 1 + dice() % 200; left > 0; --left) {
    const Bytes key = any_key(dice);
    if (dice() % 4 > 0) batch.put(key, Bytes(dice() % 300, static_cast<std::uint8_t>(dice())));
    else batch.erase(key);
  }
  if (dice() % 2 == 0) batch.sort();
  return batch;
}

void check_same(const StoreReader& ours, const StoreReader& theirs, std::mt19937_64& dice) {
  for (const ScanOrder order : {ScanOrder::ascending, ScanOrder::descending}) {
    CHECK(rows_of(ours, {}, {}, order, 100'000) == rows_of(theirs, {}, {}, order, 100'000));
    const Bytes first = any_key(dice), last = any_key(dice);
    const std::size_t rows_max = 1 + dice() % 20;
    if (first < last)
      CHECK(rows_of(ours, first, last, order, rows_max) == rows_of(theirs, first, last, order, rows_max));
  }
  for (int i = 0; i < 50; ++i) {
    const Bytes key = any_key(dice);
    CHECK(*ours.get(key) == *theirs.get(key));
  }
}

}  // namespace

TEST_CASE("given random batches, then rows, ranges and snapshots are those of a store in memory") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 dice(seed);
    RocksdbFixture fixture;
    const auto store = fixture.open();
    MemoryStore model;
    std::unique_ptr<StoreReader> ours, theirs;
    for (int batch = 0; batch < 40; ++batch) {
      const StoreBatch changes = any_batch(dice);
      REQUIRE(store->write(changes));
      REQUIRE(model.write(changes));
      if (batch == 20) {
        ours = *store->snapshot();
        theirs = *model.snapshot();
      }
    }
    check_same(*store, model, dice);
    check_same(*ours, *theirs, dice);
    ours.reset();
    REQUIRE(store->flush());  // the rows of the table are those of the memtable
    check_same(*store, model, dice);
  }
}

TEST_CASE("given a reader beside the writer, then it sees each batch whole and rows in order") {
  RocksdbFixture fixture;
  const auto store = fixture.open();
  constexpr std::uint8_t batches = 200;
  constexpr std::size_t batch_rows = 300;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    std::mt19937_64 dice(7);
    for (std::uint8_t batch = 0; batch < batches; ++batch) {
      StoreBatch changes;
      for (std::size_t i = 0; i < batch_rows; ++i) {
        Bytes key{static_cast<std::uint8_t>(i % 3)};
        for (int byte = 0; byte < 8; ++byte) key.push_back(static_cast<std::uint8_t>(dice()));
        changes.put(key, Bytes{batch});
      }
      if (!store->write(changes)) break;
    }
    done = true;
  });
  for (bool last = false; !last;) {
    last = done;
    const auto order = last ? ScanOrder::descending : ScanOrder::ascending;
    Rows rows = rows_of(**store->snapshot(), {}, {}, order, batches * batch_rows + 1);
    if (last) std::reverse(rows.begin(), rows.end());
    CHECK(rows.size() % batch_rows == 0);
    CHECK(std::is_sorted(rows.begin(), rows.end()));
    if (last) CHECK(rows.size() == batches * batch_rows);
  }
  writer.join();
}
