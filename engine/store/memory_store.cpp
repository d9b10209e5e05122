#include "engine/store/memory_store.hpp"

#include <mutex>

namespace florin {

namespace {

Bytes owned(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

class MemoryStore::Snapshot final : public StoreReader {
 public:
  explicit Snapshot(std::shared_ptr<const Rows> rows) : rows_(std::move(rows)) {}

  Result<std::optional<Bytes>> get(ByteView key) const override { return find(*rows_, key); }
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override {
    return find_many(*rows_, keys);
  }
  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override {
    walk(*rows_, first, last, order, visit);
    return {};
  }

 private:
  std::shared_ptr<const Rows> rows_;
};

std::optional<Bytes> MemoryStore::find(const Rows& rows, ByteView key) {
  auto it = rows.find(owned(key));
  if (it == rows.end()) return std::nullopt;
  return it->second;
}

std::vector<std::optional<Bytes>> MemoryStore::find_many(const Rows& rows, const std::vector<Bytes>& keys) {
  std::vector<std::optional<Bytes>> values;
  values.reserve(keys.size());
  for (const Bytes& key : keys) values.push_back(find(rows, key));
  return values;
}

void MemoryStore::walk(const Rows& rows, ByteView first, ByteView last, ScanOrder order,
                       const Visitor& visit) {
  const Bytes lower = owned(first), upper = owned(last);
  if (!upper.empty() && lower >= upper) return;
  const auto begin = rows.lower_bound(lower);
  const auto end = upper.empty() ? rows.end() : rows.lower_bound(upper);
  if (order == ScanOrder::ascending) {
    for (auto it = begin; it != end; ++it)
      if (!visit(it->first, it->second)) return;
  } else {
    for (auto it = end; it != begin;) {
      --it;
      if (!visit(it->first, it->second)) return;
    }
  }
}

Result<std::optional<Bytes>> MemoryStore::get(ByteView key) const {
  std::shared_lock lock(mutex_);
  return find(*rows_, key);
}

Result<std::vector<std::optional<Bytes>>> MemoryStore::get_many(const std::vector<Bytes>& keys) const {
  std::shared_lock lock(mutex_);
  return find_many(*rows_, keys);
}

Result<void> MemoryStore::scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const {
  std::shared_lock lock(mutex_);
  walk(*rows_, first, last, order, visit);
  return {};
}

Result<void> MemoryStore::write(const StoreBatch& batch) {
  std::unique_lock lock(mutex_);
  if (rows_are_shared_) {
    rows_ = std::make_shared<Rows>(*rows_);
    rows_are_shared_ = false;
  }
  for (const RowChange& operation : batch.operations()) {
    if (operation.value) rows_->insert_or_assign(owned(operation.key), owned(*operation.value));
    else rows_->erase(owned(operation.key));
  }
  return {};
}

Result<std::unique_ptr<StoreReader>> MemoryStore::snapshot() const {
  std::unique_lock lock(mutex_);
  rows_are_shared_ = true;
  return std::make_unique<Snapshot>(rows_);
}

}  // namespace florin
