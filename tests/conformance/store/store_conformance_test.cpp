// What every adapter of the store's port must do, run over each of them.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/store/memory_store.hpp"
#include "engine/store/packed_store.hpp"
#include "engine/store/rocksdb_store.hpp"
#include "tests/support/fresh_rows.hpp"
#include "tests/support/storage_keys.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin {
namespace {

struct InMemory {
  MemoryStore store;
  Store& get() { return store; }
};

struct OnRocksdb {
  test::TemporaryFolder folder;
  SecretKey key = SecretKey::random();
  std::unique_ptr<RocksdbStore> store =
      RocksdbStore::open(folder.path() / "store", test::storage_keys(key)).value();
  Store& get() { return *store; }
};

// Every row packed that can be, with what is below it in memory.
struct Packed {
  MemoryStore below;
  PackedStore packed{below, {{{}, 0}}};
  test::FreshRows store{packed};
  Store& get() { return store; }
};

#define STORE_TEST(name) TEST_CASE_TEMPLATE(name, Adapter, InMemory, OnRocksdb, Packed)
// With keys that begin with 0xff, which are a packed store's own.
#define STORE_TEST_OF_ANY_KEY(name) TEST_CASE_TEMPLATE(name, Adapter, InMemory, OnRocksdb)

Bytes bytes(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

using Row = std::pair<std::string, std::string>;

std::vector<Row> rows(const StoreReader& reader, std::string_view first, std::string_view last,
                      ScanOrder order = ScanOrder::ascending, std::size_t rows_max = 1000) {
  std::vector<Row> out;
  const auto scanned = reader.scan(as_bytes(first), as_bytes(last), order, [&](ByteView key, ByteView value) {
    out.emplace_back(as_text(key), as_text(value));
    return out.size() < rows_max;
  });
  REQUIRE(scanned);
  return out;
}

std::optional<std::string> value_of(const StoreReader& reader, std::string_view key) {
  auto value = reader.get(as_bytes(key));
  REQUIRE(value);
  if (!*value) return std::nullopt;
  return std::string(as_text(**value));
}

void put(Store& store, std::initializer_list<Row> new_rows) {
  StoreBatch batch;
  for (const auto& [key, value] : new_rows) batch.put(bytes(key), bytes(value));
  REQUIRE(store.write(batch));
}

STORE_TEST("a row that was written is read; one that was not is none") {
  Adapter adapter;
  Store& store = adapter.get();
  put(store, {{"a", "1"}, {"empty", ""}, {std::string("nul\0key", 7), std::string("\0\xff", 2)}});
  CHECK(value_of(store, "a") == "1");
  CHECK(value_of(store, "empty") == "");
  CHECK(value_of(store, std::string_view("nul\0key", 7)) == std::string("\0\xff", 2));
  CHECK(value_of(store, "b") == std::nullopt);
  CHECK(value_of(store, "nul") == std::nullopt);
}

STORE_TEST("within a batch the last operation on a key wins") {
  Adapter adapter;
  Store& store = adapter.get();
  StoreBatch batch;
  batch.put(bytes("kept"), bytes("old"));
  batch.put(bytes("kept"), bytes("new"));
  batch.put(bytes("gone"), bytes("x"));
  batch.erase(bytes("gone"));
  batch.erase(bytes("back"));
  batch.put(bytes("back"), bytes("y"));
  REQUIRE(store.write(batch));
  CHECK(rows(store, "", "") == std::vector<Row>{{"back", "y"}, {"kept", "new"}});
}

STORE_TEST("an erased row is gone, and erasing what is not there is no error") {
  Adapter adapter;
  Store& store = adapter.get();
  put(store, {{"a", "1"}, {"b", "2"}});
  StoreBatch batch;
  batch.erase(bytes("a"));
  batch.erase(bytes("never"));
  REQUIRE(store.write(batch));
  CHECK(rows(store, "", "") == std::vector<Row>{{"b", "2"}});
}

STORE_TEST("an empty batch changes nothing") {
  Adapter adapter;
  put(adapter.get(), {{"a", "1"}});
  REQUIRE(adapter.get().write(StoreBatch()));
  CHECK(rows(adapter.get(), "", "") == std::vector<Row>{{"a", "1"}});
}

STORE_TEST("get_many answers each key in the order asked, repeated and missing ones too") {
  Adapter adapter;
  Store& store = adapter.get();
  put(store, {{"a", "1"}, {"c", "3"}});
  const auto values = store.get_many({bytes("c"), bytes("b"), bytes("a"), bytes("c")});
  REQUIRE(values);
  CHECK(*values == std::vector<std::optional<Bytes>>{bytes("3"), std::nullopt, bytes("1"), bytes("3")});
  CHECK(store.get_many({})->empty());
}

STORE_TEST("a scan takes first and leaves last, in both orders") {
  Adapter adapter;
  Store& store = adapter.get();
  put(store, {{"a", "1"}, {"b", "2"}, {"bb", "3"}, {"c", "4"}});
  CHECK(rows(store, "b", "c") == std::vector<Row>{{"b", "2"}, {"bb", "3"}});
  CHECK(rows(store, "b", "c", ScanOrder::descending) == std::vector<Row>{{"bb", "3"}, {"b", "2"}});
  CHECK(rows(store, "aa", "bb") == std::vector<Row>{{"b", "2"}});
  CHECK(rows(store, "d", "e").empty());
}

STORE_TEST_OF_ANY_KEY("an empty last is no bound") {
  Adapter adapter;
  Store& store = adapter.get();
  put(store, {{"a", "1"}, {"\xff", "2"}, {"\xff\xff", "3"}});
  const Bytes end = prefix_end(bytes("\xff"));
  CHECK(end.empty());
  CHECK(rows(store, "\xff", as_text(end)) == std::vector<Row>{{"\xff", "2"}, {"\xff\xff", "3"}});
  CHECK(rows(store, "\xff", as_text(end), ScanOrder::descending) ==
        std::vector<Row>{{"\xff\xff", "3"}, {"\xff", "2"}});
}

STORE_TEST("an empty or a backward range has no rows") {
  Adapter adapter;
  Store& store = adapter.get();
  put(store, {{"a", "1"}, {"b", "2"}});
  CHECK(rows(store, "b", "b").empty());
  CHECK(rows(store, "b", "a").empty());
  CHECK(rows(store, "b", "a", ScanOrder::descending).empty());
}

STORE_TEST("views that point nowhere are empty keys and bounds") {
  Adapter adapter;
  Store& store = adapter.get();
  StoreBatch batch;
  batch.put(Bytes(), Bytes());
  batch.put(bytes("a"), bytes("1"));
  REQUIRE(store.write(batch));
  CHECK(store.get(ByteView()).value() == Bytes());
  std::size_t seen = 0;
  REQUIRE(
      store.scan(ByteView(), ByteView(), ScanOrder::ascending, [&](ByteView, ByteView) { return ++seen; }));
  CHECK(seen == 2);
}

STORE_TEST("a scan ends when the visitor says so") {
  Adapter adapter;
  Store& store = adapter.get();
  put(store, {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  CHECK(rows(store, "", "", ScanOrder::ascending, 2) == std::vector<Row>{{"a", "1"}, {"b", "2"}});
  CHECK(rows(store, "", "", ScanOrder::descending, 1) == std::vector<Row>{{"c", "3"}});
}

STORE_TEST_OF_ANY_KEY("keys order as unsigned bytes, a prefix before what it begins") {
  Adapter adapter;
  Store& store = adapter.get();
  put(store, {{"\x80", "3"}, {"\x7f", "1"}, {"\x7f\x01", "2"}, {"\xff", "4"}});
  CHECK(rows(store, "", "") ==
        std::vector<Row>{{"\x7f", "1"}, {"\x7f\x01", "2"}, {"\x80", "3"}, {"\xff", "4"}});
}

STORE_TEST("a snapshot keeps its moment while the store goes on") {
  Adapter adapter;
  Store& store = adapter.get();
  put(store, {{"a", "1"}, {"b", "2"}});
  auto snapshot = store.snapshot();
  REQUIRE(snapshot);
  StoreBatch batch;
  batch.put(bytes("a"), bytes("changed"));
  batch.erase(bytes("b"));
  batch.put(bytes("c"), bytes("new"));
  REQUIRE(store.write(batch));
  REQUIRE(store.flush());

  CHECK(rows(**snapshot, "", "") == std::vector<Row>{{"a", "1"}, {"b", "2"}});
  CHECK(value_of(**snapshot, "a") == "1");
  CHECK((*snapshot)->get_many({bytes("c"), bytes("b")}).value() ==
        std::vector<std::optional<Bytes>>{std::nullopt, bytes("2")});
  CHECK(rows(store, "", "") == std::vector<Row>{{"a", "changed"}, {"c", "new"}});
  CHECK(rows(*store.snapshot().value(), "", "") == std::vector<Row>{{"a", "changed"}, {"c", "new"}});
}

STORE_TEST("rows are there after a flush") {
  Adapter adapter;
  put(adapter.get(), {{"a", "1"}});
  REQUIRE(adapter.get().flush());
  put(adapter.get(), {{"b", "2"}});
  CHECK(rows(adapter.get(), "", "") == std::vector<Row>{{"a", "1"}, {"b", "2"}});
}

STORE_TEST("readers on other threads see whole batches only") {
  Adapter adapter;
  Store& store = adapter.get();
  put(store, {{"left", "0"}, {"right", "0"}});
  std::atomic<bool> stop = false;
  std::atomic<int> torn = 0, reads = 0;
  auto read = [&] {
    while (!stop) {
      auto snapshot = store.snapshot();
      std::vector<std::string> seen;
      auto visit = [&](ByteView, ByteView value) {
        seen.emplace_back(as_text(value));
        return true;
      };
      const bool scanned = snapshot && (*snapshot)->scan({}, {}, ScanOrder::ascending, visit).has_value() &&
                           store.get(as_bytes("left")).has_value();
      if (!scanned || seen.size() != 2 || seen[0] != seen[1]) ++torn;
      ++reads;
    }
  };
  std::thread first(read), second(read);
  for (int i = 1; i <= 500 || reads < 20; ++i)
    put(store, {{"left", std::to_string(i)}, {"right", std::to_string(i)}});
  stop = true;
  first.join();
  second.join();
  CHECK(torn == 0);
}

TEST_CASE("prefix_end is the smallest key beyond all with the prefix") {
  CHECK(prefix_end(bytes("ab")) == bytes("ac"));
  CHECK(prefix_end(bytes("a\xff\xff")) == bytes("b"));
  CHECK(prefix_end(bytes("\xff\xff")).empty());
  CHECK(prefix_end({}).empty());
}

}  // namespace
}  // namespace florin
