#include "deploy/florin/flushed_store.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <thread>

#include "deploy/florin/data_folder.hpp"
#include "engine/store/memory_store.hpp"
#include "tests/support/forwarding_store.hpp"
#include "tests/support/storage_keys.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin {
namespace {

using std::chrono::milliseconds;

class CountingStore final : public test::ForwardingStore {
 public:
  CountingStore(int& flushes, std::optional<Error>& error)
      : ForwardingStore(rows_), flushes_(flushes), error_(error) {}
  Result<void> write(const StoreBatch& batch) override {
    if (error_) return fail(*error_);
    return rows_.write(batch);
  }
  Result<void> flush() override {
    ++flushes_;
    return {};
  }
  Result<std::unique_ptr<StoreReader>> snapshot() const override {
    if (error_) return fail(*error_);
    return rows_.snapshot();
  }

 private:
  int& flushes_;
  std::optional<Error>& error_;
  MemoryStore rows_;
};

struct Fixture {
  int flushes = 0, failures = 0;
  std::optional<Error> error;
  FlushedStore store;
  explicit Fixture(FlushPolicy policy = {})
      : store(
            std::make_unique<CountingStore>(flushes, error), [this](const Error&) { ++failures; }, policy) {}
  void write(std::size_t bytes) {
    StoreBatch batch;
    batch.put(Bytes{'k'}, Bytes(bytes));
    REQUIRE(store.write(batch));
  }
};

}  // namespace

TEST_CASE("given a store that takes few rows, then it is flushed once in an interval, as part of a write") {
  Fixture f({milliseconds(20), 100});
  f.write(10);
  CHECK(f.flushes == 0);
  std::this_thread::sleep_for(milliseconds(25));
  CHECK(f.flushes == 0);
  f.write(10);
  CHECK(f.flushes == 1);
  f.write(10);
  CHECK(f.flushes == 1);
  CHECK(f.store.get(Bytes{'k'}).value() == Bytes(10));
}

TEST_CASE("given a store that fills memtables by itself, then it is not flushed in between") {
  Fixture f({milliseconds(20), 100});
  for (int i = 0; i < 2; ++i) f.write(60);
  std::this_thread::sleep_for(milliseconds(25));
  f.write(10);
  CHECK(f.flushes == 0);
  std::this_thread::sleep_for(milliseconds(25));
  f.write(10);  // little was written since then
  CHECK(f.flushes == 1);
}

TEST_CASE("given a store that the disk fails, then its owner hears of it by a write and by a read") {
  Fixture f;
  f.write(10);
  CHECK(f.failures == 0);
  f.error = Error{Errc::disk_full, "no space"};
  CHECK(!f.store.write({}));
  CHECK(f.failures == 1);
  CHECK(!f.store.snapshot());
  CHECK(f.failures == 2);
  f.error = Error{Errc::corrupt, "a row"};
  CHECK(!f.store.snapshot());
  CHECK(f.failures == 2);
}

TEST_CASE("given a read model with few rows for each event, then its memory is a quarter of the others'") {
  const test::TemporaryFolder folder;
  const auto keys = test::storage_keys(SecretKey::random());
  Settings settings;
  settings.memtable_mib = 16;
  const auto writes_a_table = [&](const char* read_model) {
    const auto path = folder.path() / read_model / "1";
    const auto store = std::move(*open_store(settings, keys, path, use_of_read_model(path)));
    for (std::uint8_t number = 0; number < 6; ++number) {
      StoreBatch batch;
      batch.put(Bytes{'k', number}, Bytes(1u << 20, number));
      REQUIRE(store->write(batch));
    }
    const auto written = [&] {
      for (const auto& entry : std::filesystem::directory_iterator(path))
        if (entry.path().extension() == ".sst") return true;
      return false;
    };
    for (int i = 0; i < 200 && !written(); ++i) std::this_thread::sleep_for(milliseconds(5));
    return written();
  };
  CHECK(writes_a_table("balances"));
  CHECK(!writes_a_table("history"));
}

}  // namespace florin
