#include "engine/store/rocksdb_store.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"
#include "engine/store/aes_ctr.hpp"
#include "engine/store/rocksdb_failure.hpp"
#include "tests/engine/store/rocksdb_fixture.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;
using namespace test;

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The files of the folder, as read from the disk.
std::vector<std::pair<std::string, std::string>> raw_files(const fs::path& folder) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& entry : fs::directory_iterator(folder))
    out.emplace_back(entry.path().filename().string(), read_file(entry.path()));
  return out;
}

fs::path file_ending(const fs::path& folder, std::string_view end) {
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().string().ends_with(end)) return entry.path();
  return {};
}

TEST_CASE("rows are there when the store is opened again") {
  RocksdbFixture fixture;
  {
    auto store = fixture.open();
    put(*store, "flushed", "1");
    REQUIRE(store->flush());
    put(*store, "closed", "2");
  }
  auto store = fixture.open();
  CHECK(store->get(as_bytes("flushed")).value() == bytes("1"));
  CHECK(store->get(as_bytes("closed")).value() == bytes("2"));
}

TEST_CASE("no file holds a key or a value in the clear") {
  RocksdbFixture fixture;
  const std::string key_canary = "canary-of-the-key", value_canary = "canary-of-the-value";
  auto look = [&] {
    for (const auto& [name, text] : raw_files(fixture.path)) {
      INFO(name);
      CHECK(text.find("canary") == std::string::npos);
      // What RocksDB writes about itself is encrypted as well.
      CHECK(text.find("rocksdb") == std::string::npos);
      CHECK(text.find("MANIFEST") == std::string::npos);
    }
  };
  {
    StoreOptions options;
    options.memtable_bytes = 64 << 10;
    auto store = fixture.open(options);
    for (int i = 0; i < 3000; ++i)
      put(*store, key_canary + std::to_string(i), value_canary + std::to_string(i));
    REQUIRE(store->flush());
    CHECK(raw_files(fixture.path).size() >= 5);
    CHECK(!file_ending(fixture.path, ".sst").empty());
    look();
  }
  look();
  CHECK(fs::exists(fixture.path / "CURRENT"));
  CHECK_FALSE(fs::exists(fixture.path / "LOG"));
}

TEST_CASE("a file is what docs/formats/state.md says") {
  RocksdbFixture fixture;
  const SecretKey key = SecretKey::random();
  fixture.keys = test::storage_keys(key, {7});
  fixture.open();
  const std::string text = read_file(fixture.path / "CURRENT");
  REQUIRE(text.size() > 4096);
  Reader reader(as_bytes(text));
  CHECK(as_text(reader.raw(8)) == "FLORINST");
  CHECK(reader.fixed<std::uint16_t>() == 0);
  CHECK(reader.fixed<std::uint32_t>() == 7);
  const Hash256 check = blake2b_keyed(key.view(), as_bytes("florin storage check v0"));
  CHECK(as_text(reader.raw(16)) == as_text(ByteView(check).first(16)));
  CounterBlock counter{};
  const ByteView counter_bytes = reader.raw(counter.size());
  std::copy(counter_bytes.begin(), counter_bytes.end(), counter.begin());
  CHECK(text.substr(46, 4050) == std::string(4050, '\0'));

  AesCtr cipher{SecretKey(blake2b_keyed(key.view(), as_bytes("florin storage cipher v0")))};
  Bytes content = bytes(text.substr(4096));
  REQUIRE(cipher.crypt(counter, 4096, content));
  CHECK(as_text(content).substr(0, 9) == "MANIFEST-");
}

TEST_CASE("two files never share a key stream") {
  RocksdbFixture fixture;
  fixture.open();
  std::vector<std::string> counters;
  for (const auto& [name, text] : raw_files(fixture.path))
    if (text.size() >= 4096) counters.push_back(text.substr(30, 16));
  REQUIRE(counters.size() >= 3);
  std::sort(counters.begin(), counters.end());
  CHECK(std::adjacent_find(counters.begin(), counters.end()) == counters.end());
}

TEST_CASE("another key is refused by name, and the store stays as it was") {
  RocksdbFixture fixture;
  fixture.keys = test::storage_keys(SecretKey::random(), {7});
  put(*fixture.open(), "a", "1");
  const auto refused = RocksdbStore::open(fixture.path, test::storage_keys(SecretKey::random(), {7}));
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::key_refused);
  const auto missing = RocksdbStore::open(fixture.path, test::storage_keys(SecretKey::random(), {8}));
  REQUIRE(!missing);
  CHECK(missing.error().code == Errc::key_missing);
  CHECK(missing.error().message.find("storage key 7") != std::string::npos);
  CHECK(missing.error().message.find("storage key 8") != std::string::npos);
  CHECK(fixture.open()->get(as_bytes("a")).value() == bytes("1"));
}

TEST_CASE(
    "given a key that is added while a store is open, then new files are under it and old ones are read") {
  RocksdbFixture fixture;
  auto store = fixture.open();
  put(*store, "a", "1");
  REQUIRE(store->flush());
  const std::size_t before = files_behind(fixture.path, {2}).value();
  fixture.keys->add({2}, SecretKey::random());
  put(*store, "b", "2");
  REQUIRE(store->flush());
  CHECK(files_behind(fixture.path, {2}).value() == before);  // the new table is under key 2
  CHECK(files_behind(fixture.path, {1}).value() == 0);
  CHECK(store->get(as_bytes("a")).value() == bytes("1"));
  CHECK(store->get(as_bytes("b")).value() == bytes("2"));
  for (int start = 0; start < 2; ++start) {  // RocksDB keeps two files of options
    store.reset();
    store = fixture.open();
    put(*store, "c", "3");
  }
  CHECK(files_behind(fixture.path, {2}).value() == 1);  // all but the first table is written anew
  CHECK(store->get(as_bytes("a")).value() == bytes("1"));
  CHECK(store->get(as_bytes("b")).value() == bytes("2"));
}

TEST_CASE("a folder that is no encrypted store is refused") {
  RocksdbFixture fixture;
  fs::create_directory(fixture.path);
  std::ofstream(fixture.path / "CURRENT") << "MANIFEST-000005\n";
  auto refused = RocksdbStore::open(fixture.path, fixture.keys);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::format);
}

TEST_CASE("files that a crash or a full disk left without a whole prefix do no harm") {
  for (const std::size_t size : {0u, 1u, 100u, 4095u}) {
    CAPTURE(size);
    RocksdbFixture fixture;
    put(*fixture.open(), "a", "1");
    for (const char* name : {"000900.sst", "000901.log", "MANIFEST-000902", "000903.dbtmp", "OPTIONS-000904"})
      std::ofstream(fixture.path / name) << std::string(size, 'x');
    auto store = fixture.open();
    CHECK(store->get(as_bytes("a")).value() == bytes("1"));
    put(*store, "b", "2");
    REQUIRE(store->flush());
    CHECK(store->get(as_bytes("b")).value() == bytes("2"));
  }
}

TEST_CASE("a cut file is an error, not an abort") {
  for (const std::string name : {"CURRENT", "MANIFEST", ".sst"}) {
    for (const std::uintmax_t size : {0u, 100u, 4095u, 4096u, 4100u}) {
      CAPTURE(name);
      CAPTURE(size);
      RocksdbFixture fixture;
      put(*fixture.open(), "a", "1");
      for (const auto& entry : fs::directory_iterator(fixture.path))
        if (entry.path().string().find(name) != std::string::npos) fs::resize_file(entry.path(), size);
      auto store = RocksdbStore::open(fixture.path, fixture.keys);
      CHECK((!store || !(*store)->get(as_bytes("a"))));
    }
  }
}

TEST_CASE("a store that is open is not opened twice") {
  RocksdbFixture fixture;
  auto store = fixture.open();
  auto refused = RocksdbStore::open(fixture.path, fixture.keys);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::io);
}

TEST_CASE("options out of their bounds are refused") {
  RocksdbFixture fixture;
  for (const StoreOptions& options :
       {StoreOptions{.background_jobs = 8}, StoreOptions{.background_jobs = 0},
        StoreOptions{.memtable_bytes = 1}, StoreOptions{.level0_files_max = 3}}) {
    auto refused = RocksdbStore::open(fixture.path, fixture.keys, options);
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::invalid_argument);
  }
  CHECK_FALSE(fs::exists(fixture.path));
}

TEST_CASE("the folder is for its owner alone") {
  RocksdbFixture fixture;
  auto store = fixture.open();
  struct stat info {};
  REQUIRE(::stat(fixture.path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
}

TEST_CASE("a flipped byte in a table is found, and the store then refuses all work with the first error") {
  RocksdbFixture fixture;
  {
    auto store = fixture.open();
    for (int i = 0; i < 100; ++i) put(*store, "key" + std::to_string(i), std::string(100, 'v'));
    put(*store, "other", "row");
  }
  const fs::path table = file_ending(fixture.path, ".sst");
  std::string text = read_file(table);
  text[4096 + 10] = static_cast<char>(text[4096 + 10] ^ 1);
  std::ofstream(table, std::ios::binary) << text;

  auto store = fixture.open();
  const auto damaged = store->get(as_bytes("key0"));
  REQUIRE(!damaged);
  CHECK(damaged.error().code == Errc::corrupt);
  StoreBatch batch;
  batch.put(bytes("new"), bytes("row"));
  CHECK(store->write(batch).error().message == damaged.error().message);
  CHECK(store->get(as_bytes("new")).error().code == Errc::corrupt);
  CHECK(store->flush().error().code == Errc::corrupt);
  CHECK(store->snapshot().error().code == Errc::corrupt);
  CHECK(store->scan({}, {}, ScanOrder::ascending, [](ByteView, ByteView) { return true; }).error().code ==
        Errc::corrupt);
}

TEST_CASE("a failed flush is an error, and nothing is accepted after it") {
  RocksdbFixture fixture;
  auto store = fixture.open();
  put(*store, "a", "1");
  fs::remove_all(fixture.path);
  const auto flushed = store->flush();
  REQUIRE(!flushed);
  CHECK(flushed.error().code == Errc::corrupt);
  CHECK(flushed.error().message.find(fixture.path.string()) != std::string::npos);
  StoreBatch batch;
  batch.put(bytes("b"), bytes("2"));
  CHECK(store->write(batch).error().code == Errc::corrupt);
  CHECK(store->get(as_bytes("a")).error().code == Errc::corrupt);
}

TEST_CASE("a failure in the background stops the store") {
  RocksdbFixture fixture;
  StoreOptions options;
  options.memtable_bytes = 64 << 10;
  auto store = fixture.open(options);
  fs::remove_all(fixture.path);
  // No call fails by itself: the memtables fill, and RocksDB's own flush finds no folder.
  bool refused = false;
  for (int i = 0; i < 10'000 && !refused; ++i) {
    StoreBatch batch;
    batch.put(bytes("key" + std::to_string(i)), Bytes(1000, 'v'));
    refused = !store->write(batch);
  }
  CHECK(refused);
}

TEST_CASE("failures keep their kind") {
  using rocksdb::Status;
  CHECK(errc_of(Status::NoSpace("x")) == Errc::disk_full);
  CHECK(errc_of(Status::IOError("x")) == Errc::io);
  CHECK(errc_of(Status::PathNotFound("x")) == Errc::corrupt);
  CHECK(errc_of(Status::Corruption("x")) == Errc::corrupt);

  RocksdbFailure failure("folder");
  CHECK(failure.check());
  Status background = Status::NoSpace("x");
  failure.OnBackgroundError(rocksdb::BackgroundErrorReason::kFlush, &background);
  CHECK(failure.check().error().code == Errc::disk_full);
  CHECK(failure.record("write", Status::Corruption("later")).code == Errc::disk_full);
}

TEST_CASE("bytes on disk grow with what is flushed") {
  RocksdbFixture fixture;
  auto store = fixture.open();
  const std::uint64_t before = store->bytes_on_disk();
  CHECK(before > 0);
  Bytes value(1 << 20);
  randombytes_buf(value.data(), value.size());
  StoreBatch batch;
  batch.put(bytes("a"), value);
  REQUIRE(store->write(batch));
  REQUIRE(store->flush());
  CHECK(store->bytes_on_disk() >= before + value.size());
}

}  // namespace
}  // namespace florin
