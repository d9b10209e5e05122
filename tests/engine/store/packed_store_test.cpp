// What a packed store shows is what was written into it, however the rows stand below.
#include "engine/store/packed_store.hpp"

#include <doctest/doctest.h>

#include <random>

#include "engine/store/memory_store.hpp"
#include "tests/support/fresh_rows.hpp"

namespace florin {
namespace {

using Rows = std::vector<std::pair<Bytes, Bytes>>;

Rows rows_of(const StoreReader& store, ByteView first = {}, ByteView last = {},
             ScanOrder order = ScanOrder::ascending, std::size_t rows_max = 100'000) {
  Rows rows;
  REQUIRE(store.scan(first, last, order, [&](ByteView key, ByteView value) {
    rows.emplace_back(Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end()));
    return rows.size() < rows_max;
  }));
  return rows;
}

Bytes key_of(char table, std::uint8_t group, std::uint32_t id) {
  Bytes key{static_cast<std::uint8_t>(table), group};
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<std::uint8_t>(id >> shift));
  return key;
}

std::vector<PackedTable> tables() { return {{{'B'}, 2}, {{'C'}, 2}}; }

struct Fixture {
  MemoryStore below;
  PackedStore store{below, tables()};

  void put(char table, std::uint32_t first, std::uint32_t end, std::size_t value_bytes = 3) {
    StoreBatch batch;
    for (std::uint32_t id = first; id < end; ++id)
      batch.put_fresh(key_of(table, 0, id), Bytes(value_bytes, static_cast<std::uint8_t>(id)));
    REQUIRE(store.write(batch));
  }
};

// A story of batches: most rows ascend, some come out of order, some change, some go.
class Story {
 public:
  explicit Story(std::uint64_t seed) : dice_(seed) {}

  StoreBatch batch() {
    StoreBatch batch;
    const bool erases = one_in(5);
    for (const char table : {'A', 'B', 'C', 'D'})
      for (std::uint8_t group = 0; group < 2; ++group)
        if (!one_in(3)) add(table, group, erases, batch);
    return batch;
  }
  Bytes any_key() {
    const char table = static_cast<char>('A' + dice_() % 4);
    return key_of(table, static_cast<std::uint8_t>(dice_() % 2),
                  static_cast<std::uint32_t>(dice_() % (next_ + 9)));
  }
  std::uint64_t below(std::uint64_t end) { return dice_() % end; }

 private:
  bool one_in(std::uint64_t n) { return dice_() % n == 0; }

  void add(char table, std::uint8_t group, bool erases, StoreBatch& batch) {
    const auto count = one_in(4) ? 1 + dice_() % 3 : dice_() % 150;
    for (std::uint64_t i = 0; i < count; ++i) {
      next_ += one_in(3) ? 2 : 1;
      const auto id = static_cast<std::uint32_t>(one_in(40) ? dice_() % next_ : next_);
      const Bytes key = key_of(table, group, id);
      if (erases && one_in(6)) batch.erase(key);
      else batch.put(key, Bytes(dice_() % (one_in(50) ? 20'000 : 30), static_cast<std::uint8_t>(dice_())));
    }
  }

  std::mt19937_64 dice_;
  std::uint32_t next_ = 1;
};

void check_same(const StoreReader& store, const StoreReader& model, Story& story) {
  CHECK(rows_of(store) == rows_of(model));
  for (const ScanOrder order : {ScanOrder::ascending, ScanOrder::descending}) {
    const Bytes first = story.any_key(), last = story.any_key();
    const std::size_t rows_max = 1 + story.below(200);
    CHECK(rows_of(store, first, last, order, rows_max) == rows_of(model, first, last, order, rows_max));
    CHECK(rows_of(store, first, {}, order, rows_max) == rows_of(model, first, {}, order, rows_max));
  }
  std::vector<Bytes> keys;
  for (int i = 0; i < 40; ++i) {
    keys.push_back(story.any_key());
    CHECK(*store.get(keys.back()) == *model.get(keys.back()));
  }
  CHECK(*store.get_many(keys) == *model.get_many(keys));
}

}  // namespace

TEST_CASE("given any story of batches, then the rows are those of a plain store") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Story story(seed);
    MemoryStore below, model;
    auto store = std::make_unique<PackedStore>(below, tables());
    std::unique_ptr<StoreReader> then, model_then;
    for (int round = 0; round < 25; ++round) {
      const StoreBatch batch = story.batch();
      REQUIRE(test::FreshRows(*store).write(batch));
      REQUIRE(model.write(batch));
      if (round % 10 == 3) then = store->snapshot().value(), model_then = model.snapshot().value();
      if (round % 7 == 5) store = std::make_unique<PackedStore>(below, tables());
      if (round % 4 == 1) check_same(*store, model, story);
    }
    check_same(*store, model, story);
    check_same(*then, *model_then, story);
  }
}

TEST_CASE("given fresh rows in ascending order, then many stand in one row below") {
  Fixture f;
  for (std::uint32_t first = 0; first < 10'000; first += 1'000) f.put('B', first, first + 1'000);
  CHECK(rows_of(f.store).size() == 10'000);
  // The first batch might be one of ids in no order.
  CHECK(rows_of(f.below).size() < 1'000 + 9'000 / run_rows_max + 20);
  CHECK(f.store.get(key_of('B', 0, 7'777)).value() == Bytes(3, static_cast<std::uint8_t>(7'777)));
  CHECK(f.store.get(key_of('B', 1, 7'777)).value() == std::nullopt);
  CHECK(f.store.get(key_of('B', 0, 10'000)).value() == std::nullopt);
}

TEST_CASE("given rows of other tables, few rows, or large ones, then each stands by itself") {
  Fixture f;
  for (std::uint32_t first = 0; first < 1'000; first += 100) f.put('A', first, first + 100);
  for (std::uint32_t first = 0; first < 70; first += 7) f.put('B', first, first + 7);
  for (std::uint32_t first = 0; first < 30; first += 10) f.put('C', first, first + 10, run_bytes_max);
  CHECK(rows_of(f.below).size() == 1'000 + 70 + 30);
}

TEST_CASE("given ids in no order, then nothing is packed") {
  Fixture f;
  std::mt19937 dice(7);
  std::size_t count = 0;
  for (int round = 0; round < 20; ++round) {
    StoreBatch batch;
    std::map<Bytes, Bytes> rows;
    for (int i = 0; i < 100; ++i) rows[key_of('B', 0, static_cast<std::uint32_t>(dice()))] = Bytes{1};
    for (const auto& [key, value] : rows) batch.put_fresh(key, value);
    count += rows.size();
    REQUIRE(f.store.write(batch));
  }
  CHECK(rows_of(f.below).size() == count);
}

TEST_CASE("given a packed row that changes, then the new one counts and the others stay") {
  Fixture f;
  for (std::uint32_t first = 0; first < 300; first += 100) f.put('C', first, first + 100);
  StoreBatch batch;
  batch.put(key_of('C', 0, 250), Bytes{42});
  batch.erase(key_of('C', 0, 251));
  batch.erase(key_of('C', 0, 252));
  REQUIRE(f.store.write(batch));
  CHECK(f.store.get(key_of('C', 0, 249)).value() == Bytes(3, 249));
  CHECK(f.store.get(key_of('C', 0, 250)).value() == Bytes{42});
  CHECK(f.store.get(key_of('C', 0, 251)).value() == std::nullopt);
  CHECK(f.store.get(key_of('C', 0, 253)).value() == Bytes(3, 253));
  CHECK(rows_of(f.store).size() == 298);
  CHECK(rows_of(f.store, key_of('C', 0, 250), key_of('C', 0, 251)) == Rows{{key_of('C', 0, 250), {42}}});
}

TEST_CASE("given a run that is damaged, then reading it tells and the rest is read") {
  Fixture f;
  for (std::uint32_t first = 0; first < 300; first += 100) f.put('C', first, first + 100);
  StoreBatch batch;
  const Rows runs = rows_of(f.below, Bytes{run_byte});
  REQUIRE(runs.size() >= 2);
  Bytes cut = runs.front().second;
  cut.pop_back();
  batch.put(runs.front().first, cut);
  REQUIRE(f.below.write(batch));
  const auto damaged = f.store.get(ByteView(runs.front().first).subspan(1));
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == Errc::corrupt);
  CHECK(damaged.error().message.find("remove the state") != std::string::npos);
  CHECK(f.store.scan({}, {}, ScanOrder::ascending, [](ByteView, ByteView) { return true; }).error().code ==
        Errc::corrupt);
  CHECK(f.store.get(key_of('C', 0, 299)).value() == Bytes(3, static_cast<std::uint8_t>(299)));
}

}  // namespace florin
