// Private to the room: what the steps of a decision share. A decision is a ladder, one rule a line; the first
// that bites names the result. A check answers `created` when nothing stands against the item.
#pragma once

#include "engine/ledger/decide.hpp"

namespace florin::ledger {

// What an item is judged at.
struct Moment {
  BookId book;
  Timestamp now;        // engine time of the item
  Timestamp batch_end;  // engine time of the batch's last item
  const LedgerDirectory& ledgers;
};

inline bool has(std::uint16_t flags, std::uint16_t flag) { return (flags & flag) != 0; }

inline AccountRefused refuse(const Account& account, AccountStatus status, Timestamp timestamp) {
  return {account.id, status, timestamp};
}
inline TransferRefused refuse(const Transfer& transfer, TransferStatus status, Timestamp timestamp) {
  return {transfer.id, status, timestamp};
}

// From reserved fields on: what comes before depends on the batch (decide.cpp).
EventBody decide_item(const State& state, const Moment& moment, const Account& account);
EventBody decide_item(const State& state, const Moment& moment, const Transfer& transfer);

EventBody decide_post_or_void(const State& state, const Moment& moment, const Transfer& transfer);

// A transfer sent again, against the one that bears its id: `exists` or the first field that differs.
// `pending` is the transfer that `sent` names as its pending one, where it is a post or void and there is
// one.
TransferStatus compare_with_existing(const Transfer& sent, const Transfer& existing, const Transfer* pending);

// An imported transfer must be later than all transfers of its book and must not share an account's
// timestamp.
TransferStatus check_import_order(const State& state, const Moment& moment, const Transfer& transfer);

// The accounts of a pending transfer after what it held is released; where it had closed one, that is open
// again.
AccountAfter released_debit(const Transfer& pending, const Account& debit);
AccountAfter released_credit(const Transfer& pending, const Account& credit);

inline bool settles_pending(const Transfer& transfer) {
  return has(transfer.flags, transfer_flags::post_pending_transfer | transfer_flags::void_pending_transfer);
}

// What a post or void moves of `pending`: what it names, or all, which a post says by the maximum and a void
// by zero.
inline Amount settled_amount(const Transfer& settling, const Transfer& pending) {
  const bool voids = has(settling.flags, transfer_flags::void_pending_transfer);
  return settling.amount == (voids ? Amount{} : amount_max) ? pending.amount : settling.amount;
}

// The balances of sums that cannot overflow: a pending amount was checked against the posted one before it
// was held.
inline Amount total(Amount pending, Amount posted) {
  const auto sum = checked_add(pending, posted);
  FLORIN_ASSERT(sum.has_value());
  return *sum;
}

}  // namespace florin::ledger
