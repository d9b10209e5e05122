// What can be asked about the transfers of a book. Read by the gateway through projections/query.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/field_filter.hpp"
#include "projections/page.hpp"
#include "projections/progress.hpp"
#include "projections/wide_sum.hpp"

namespace florin::projections {

enum class TransferState : std::uint8_t { posted = 0, pending = 1, voided = 2, expired = 3 };
inline constexpr TransferState transfer_states[] = {TransferState::posted, TransferState::pending,
                                                    TransferState::voided, TransferState::expired};
std::string_view name(TransferState state);

struct TransferRow {
  Transfer transfer;
  TransferState state = TransferState::posted;
  Metadata metadata{};
  std::optional<TransactionId> transaction{};  // that it is a leg of
};
inline Timestamp timestamp_of(const TransferRow& row) { return row.transfer.timestamp; }

struct TransferFilter : FieldFilter {
  std::vector<TransferId> ids;
  std::vector<AccountId> accounts;  // on either side
  std::vector<AccountId> debit_accounts, credit_accounts;
  std::vector<TransferId> pending_ids;
  std::vector<TransferState> states;
  std::uint16_t flags = 0;  // has one of these; 0 fits all
  Amount amount_min, amount_max = florin::amount_max;
  friend bool operator==(const TransferFilter&, const TransferFilter&) = default;
};

// The transfers of one ledger that fit: how many, how much, and when.
struct TransferSums {
  LedgerId ledger;
  std::uint64_t count = 0;
  WideSum amount;
  Timestamp first, last;
};

// Besides the errors of every query: too_broad, when the query would look at more rows than it may; its text
// is for the caller, and what narrows it is the caller's to say. And invalid_argument for a limit that is not
// 1 to page_items_max.
class TransfersQuery : public virtual Progress {
 public:
  virtual Result<Answer<Page<TransferRow>>> transfers(BookId book, const TransferFilter& filter,
                                                      const Slice& slice) const = 0;
  // By ledger; those without a transfer that fits are left out.
  virtual Result<Answer<std::vector<TransferSums>>> sums(BookId book, const TransferFilter& filter,
                                                         const TimeRange& range) const = 0;
};

}  // namespace florin::projections
