// A store that keeps the port's promise and nothing more: a write is durable after flush() or when the store
// decides, a crash leaves a prefix of the writes, and after a failure it refuses all. One thread.
#pragma once

#include "engine/store/memory_store.hpp"
#include "tests/simulation/faults.hpp"

namespace florin::simulation {

class FaultyStore final : public Store {
 public:
  explicit FaultyStore(Chance& chance) : chance_(chance) {}

  Result<std::optional<Bytes>> get(ByteView key) const override {
    FLORIN_TRY(check());
    return rows_->get(key);
  }
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override {
    FLORIN_TRY(check());
    return rows_->get_many(keys);
  }
  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override {
    FLORIN_TRY(check());
    return rows_->scan(first, last, order, visit);
  }
  Result<std::unique_ptr<StoreReader>> snapshot() const override { return rows_->snapshot(); }
  std::uint64_t bytes_on_disk() const override { return 0; }
  Result<void> write(const StoreBatch& batch) override;
  Result<void> flush() override;

  // The program died: what was not durable is there up to some write, or not at all. Opens again.
  void crash();
  bool failed() const { return failed_; }
  const std::vector<StoreBatch>& writes() const { return writes_; }  // that are there, in order

  std::uint64_t refuses = 0;          // one in how many writes and flushes; 0: none
  bool loses_a_middle_write = false;  // planted
  bool forgets_a_row = false;         // planted

 private:
  Result<void> check() const { return failed_ ? fail(Errc::io, "the store has failed") : Result<void>{}; }

  Chance& chance_;
  std::unique_ptr<MemoryStore> rows_ = std::make_unique<MemoryStore>();
  std::vector<StoreBatch> writes_;  // all of them, in order
  std::size_t durable_ = 0;         // of the writes
  bool failed_ = false;
};

}  // namespace florin::simulation
