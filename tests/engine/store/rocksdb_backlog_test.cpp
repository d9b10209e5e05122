// A store whose compactions do not keep up: it must be flushed and closed in the time that its memtables
// take. And one that leaves them for later.
#include <doctest/doctest.h>
#include <rocksdb/env.h>

#include <filesystem>
#include <future>
#include <thread>

#include "engine/store/rocksdb_store.hpp"
#include "tests/support/storage_keys.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

constexpr int files_behind = 24;  // on level 0, where RocksDB slows writes down from 20 on
constexpr auto patience = 30s;

// No compaction of this process begins while one of these lives: they all share RocksDB's threads of low
// priority.
class NoCompactions {
 public:
  NoCompactions() {
    missing_ = rocksdb::Env::Default()->GetBackgroundThreads(rocksdb::Env::LOW);
    for (int left = missing_; left > 0; --left)
      rocksdb::Env::Default()->Schedule(wait, this, rocksdb::Env::LOW);
  }
  ~NoCompactions() {
    std::unique_lock lock(mutex_);
    over_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return missing_ == 0; });
  }

 private:
  static void wait(void* self) {
    auto& blocked = *static_cast<NoCompactions*>(self);
    std::unique_lock lock(blocked.mutex_);
    blocked.changed_.wait(lock, [&] { return blocked.over_; });
    --blocked.missing_;
    blocked.changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int missing_ = 0;
  bool over_ = false;
};

Bytes key(int number) { return {1, static_cast<std::uint8_t>(number)}; }

void put(Store& store, int number) {
  StoreBatch batch;
  batch.put(key(number), Bytes{7});
  REQUIRE(store.write(batch));
}

TEST_CASE("given compactions that are behind, then a flush and a close do not wait for them") {
  const test::TemporaryFolder folder;
  const SecretKey secret = SecretKey::random();
  auto store = std::move(*RocksdbStore::open(folder.path() / "state", test::storage_keys(secret)));
  {
    auto blocked = std::make_optional<NoCompactions>();
    auto done = std::async(std::launch::async, [&] {
      for (int number = 0; number < files_behind; ++number) {
        put(*store, number);
        if (!store->flush()) return false;
      }
      put(*store, files_behind);
      store.reset();
      return true;
    });
    CHECK(done.wait_for(patience) == std::future_status::ready);
    blocked.reset();
    CHECK(done.get());
  }
  store = std::move(*RocksdbStore::open(folder.path() / "state", test::storage_keys(secret)));
  for (int number = 0; number <= files_behind; ++number) CHECK(store->get(key(number))->has_value());
}

// Tables of a store whose rows overlap: on level 0 alone while nothing is compacted.
int tables(const std::filesystem::path& folder) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".sst") ++count;
  return count;
}

TEST_CASE("given a store that was just opened, then its compactions begin with a write after a while") {
  const test::TemporaryFolder folder;
  StoreOptions options;
  options.compactions_after = 2s;
  const auto store = std::move(
      *RocksdbStore::open(folder.path() / "state", test::storage_keys(SecretKey::random()), options));
  const auto begin = std::chrono::steady_clock::now();
  for (int number = 0; number < files_behind; ++number) {
    put(*store, 0);
    put(*store, number + 1);
    REQUIRE(store->flush());
  }
  const int waiting = tables(folder.path() / "state");
  // On a machine that took this long nothing can be said.
  if (std::chrono::steady_clock::now() - begin < options.compactions_after) CHECK(waiting == files_behind);
  std::this_thread::sleep_until(begin + options.compactions_after);
  put(*store, 0);
  while (tables(folder.path() / "state") >= files_behind &&
         std::chrono::steady_clock::now() - begin < patience)
    std::this_thread::sleep_for(10ms);
  CHECK(tables(folder.path() / "state") < files_behind);
  CHECK(store->get(key(0))->has_value());
}

TEST_CASE("given memtables that are small, then as many bytes gather on level 0 as with large ones") {
  const test::TemporaryFolder folder;
  const auto store =
      std::move(*RocksdbStore::open(folder.path() / "state", test::storage_keys(SecretKey::random())));
  constexpr int files_gather = 16;  // of memtables of 16 MiB: as much as level 1 holds
  const auto write_table = [&](int number) {
    put(*store, 0);
    put(*store, number + 1);
    REQUIRE(store->flush());
  };
  for (int number = 0; number < files_gather - 1; ++number) write_table(number);
  std::this_thread::sleep_for(300ms);  // a compaction of so few bytes would be over
  CHECK(tables(folder.path() / "state") == files_gather - 1);
  write_table(files_gather);
  const auto begin = std::chrono::steady_clock::now();
  while (tables(folder.path() / "state") >= files_gather - 1 &&
         std::chrono::steady_clock::now() - begin < patience)
    std::this_thread::sleep_for(10ms);
  CHECK(tables(folder.path() / "state") < files_gather - 1);
}

}  // namespace
}  // namespace florin
