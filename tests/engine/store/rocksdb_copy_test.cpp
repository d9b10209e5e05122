// Copies of a store that goes on.
#include "tests/engine/store/rocksdb_fixture.hpp"

namespace florin {

namespace fs = std::filesystem;
using namespace test;

TEST_CASE(
    "given a store that goes on, when it is copied, then the copy is a store with the rows of that moment") {
  RocksdbFixture f;
  const auto store = f.open();
  for (int i = 0; i < 1000; ++i) put(*store, "key" + std::to_string(i), std::string(100, 'v'));
  const fs::path copy = f.folder.path() / "copy";
  REQUIRE(store->copy_to(copy));
  put(*store, "later", "v");
  CHECK(fs::status(copy).permissions() == fs::perms::owner_all);
  const auto opened = RocksdbStore::open(copy, f.keys).value();
  CHECK(opened->get(bytes("key999")).value() == bytes(std::string(100, 'v')));
  CHECK_FALSE(opened->get(bytes("later")).value());
  CHECK(store->get(bytes("later")).value());
}

TEST_CASE("given a folder that is there or cannot be made, then a copy is refused, and the store goes on") {
  RocksdbFixture f;
  const auto store = f.open();
  put(*store, "key", "value");
  CHECK(store->copy_to(f.path).error().code == Errc::already_exists);
  CHECK(store->copy_to(f.folder.path() / "none" / "copy").error().code == Errc::not_found);
  CHECK_FALSE(store->copy_to("/proc/florin"));
  put(*store, "key", "other");
  CHECK(store->get(bytes("key")).value() == bytes("other"));
  CHECK(store->flush());
}

}  // namespace florin
