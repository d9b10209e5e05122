// A store that hands every call on to another one, so that a test's store says only what it does otherwise.
#pragma once

#include "engine/store/store.hpp"

namespace florin::test {

class ForwardingStore : public Store {
 public:
  Result<std::optional<Bytes>> get(ByteView key) const override { return to_->get(key); }
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override {
    return to_->get_many(keys);
  }
  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override {
    return to_->scan(first, last, order, visit);
  }
  Result<void> write(const StoreBatch& batch) override { return to_->write(batch); }
  Result<void> flush() override { return to_->flush(); }
  Result<std::unique_ptr<StoreReader>> snapshot() const override { return to_->snapshot(); }
  std::uint64_t bytes_on_disk() const override { return to_->bytes_on_disk(); }

 protected:
  // Which outlives its use; it may be a member that is made later.
  explicit ForwardingStore(Store& to) : to_(&to) {}
  void forward_to(Store& to) { to_ = &to; }

 private:
  Store* to_;
};

}  // namespace florin::test
