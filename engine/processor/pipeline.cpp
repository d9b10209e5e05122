#include "engine/processor/pipeline.hpp"

#include <algorithm>
#include <numeric>

namespace florin::processor {
namespace {

std::size_t sealed_bytes(const std::vector<Incoming>& records) {
  return std::accumulate(records.begin(), records.end(), std::size_t{0},
                         [](std::size_t sum, const Incoming& record) { return sum + record.sealed_bytes; });
}

}  // namespace

Pipeline::Pipeline(Processor& processor, Overlap overlap) : processor_(processor), overlap_(overlap) {
  processor_.before_reading(
      [this](const std::vector<Bytes>& keys) { return writes_any(keys) ? drain() : Result<void>(); });
}

Pipeline::~Pipeline() {
  reader_.wait();
  writer_.wait();
  processor_.before_reading([](const auto&) { return Result<void>(); });
}

Result<std::size_t> Pipeline::step(std::size_t bytes_max) {
  if (!writer_.busy()) FLORIN_TRY(drain());  // behind a commit that failed nothing more is decided
  FLORIN_TRY_ASSIGN(const Records records, next_records(bytes_max));
  if (records.empty()) return rest();
  const bool large = sealed_bytes(records) >= overlap_bytes_min;
  const bool overlap = large || overlap_ == Overlap::all_groups;
  if (large) read_ahead({records.back().ordinal.value + 1}, bytes_max);
  FLORIN_TRY_ASSIGN(Decided decided,
                    processor_.decide(records, large ? StateWrite::later : StateWrite::at_once));
  const std::size_t count = decided.records;
  FLORIN_TRY(commit(std::move(decided), overlap));
  return count;
}

// There is nothing to decide. A commit that waits for brokers is not waited for, unless state is left behind:
// the next record may come before they answer.
Result<std::size_t> Pipeline::rest() {
  if (overlap_ == Overlap::all_groups && !processor_.defers() && writer_.busy()) return std::size_t{0};
  FLORIN_TRY(settle());
  FLORIN_TRY(drain());
  return std::size_t{0};
}

// Rows that changed stay in memory until their state is on its way.
bool Pipeline::writes_any(std::vector<Bytes> keys) const {
  if (!on_its_way_ || !on_its_way_->state) return false;
  const auto& rows = on_its_way_->batch.operations();
  if (rows.size() > rows_looked_through_max) return true;
  std::sort(keys.begin(), keys.end());
  return std::any_of(rows.begin(), rows.end(), [&](const RowChange& row) {
    return std::binary_search(keys.begin(), keys.end(), row.key, [](const auto& left, const auto& right) {
      return as_text(left) < as_text(right);
    });
  });
}

Result<void> Pipeline::settle() {
  if (auto deferred = processor_.deferred()) FLORIN_TRY(commit(*std::move(deferred), true));
  return {};
}

Result<void> Pipeline::drain() {
  writer_.wait();
  on_its_way_.reset();
  return written_;
}

// What was read ahead, where the decisions have come that far, and the records behind it else.
Result<Pipeline::Records> Pipeline::next_records(std::size_t bytes_max) {
  reader_.wait();
  std::optional<Result<Records>> ahead = std::exchange(ahead_, std::nullopt);
  const Ordinal next = processor_.next_ordinal();
  if (ahead && *ahead && !(*ahead)->empty() && (*ahead)->front().ordinal == next) return *std::move(ahead);
  return processor_.take(next, bytes_max);
}

void Pipeline::read_ahead(Ordinal from, std::size_t bytes_max) {
  reader_.start([this, from, bytes_max] { ahead_ = processor_.take(from, bytes_max); });
}

Result<void> Pipeline::commit(Decided decided, bool overlap) {
  FLORIN_TRY(drain());
  if (!overlap) {
    written_ = processor_.commit(decided);
    return written_;
  }
  // A job can be copied, a batch need not be.
  on_its_way_ = std::make_shared<const Decided>(std::move(decided));
  writer_.start([this, shared = on_its_way_] { written_ = processor_.commit(*shared); });
  return {};
}

}  // namespace florin::processor
