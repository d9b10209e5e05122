// The second phase: posts and voids of pending transfers.
#include "engine/ledger/ladder.hpp"

namespace florin::ledger {
namespace {

using Status = TransferStatus;
namespace flag = transfer_flags;

Status check_fields(const Moment& moment, const Transfer& transfer) {
  const bool posts = has(transfer.flags, flag::post_pending_transfer);
  const bool voids = has(transfer.flags, flag::void_pending_transfer);
  constexpr std::uint16_t excluded = flag::pending | flag::balancing_debit | flag::balancing_credit |
                                     flag::closing_debit | flag::closing_credit;
  if (posts && voids) return Status::flags_are_mutually_exclusive;
  if (has(transfer.flags, excluded)) return Status::flags_are_mutually_exclusive;
  if (transfer.pending_id.value == 0) return Status::pending_id_must_not_be_zero;
  if (transfer.pending_id.value == u128_max) return Status::pending_id_must_not_be_int_max;
  if (transfer.pending_id == transfer.id) return Status::pending_id_must_be_different;
  if (transfer.timeout != 0) return Status::timeout_reserved_for_pending_transfer;
  if (transfer.ledger.value != 0 && !moment.ledgers.open(moment.book, transfer.ledger))
    return Status::ledger_not_open;
  return Status::created;
}

// What the transfer says again of the pending one must be the same; zero says nothing.
Status check_agreement(const Transfer& transfer, const Transfer& pending) {
  const bool voids = has(transfer.flags, flag::void_pending_transfer);
  const AccountId debit = transfer.debit_account_id;
  const AccountId credit = transfer.credit_account_id;
  if (debit.value != 0 && debit != pending.debit_account_id)
    return Status::pending_transfer_has_different_debit_account_id;
  if (credit.value != 0 && credit != pending.credit_account_id)
    return Status::pending_transfer_has_different_credit_account_id;
  if (transfer.ledger.value != 0 && transfer.ledger != pending.ledger)
    return Status::pending_transfer_has_different_ledger;
  if (transfer.code != 0 && transfer.code != pending.code) return Status::pending_transfer_has_different_code;
  const Amount amount = settled_amount(transfer, pending);
  if (amount > pending.amount) return Status::exceeds_pending_transfer_amount;
  if (voids && amount < pending.amount) return Status::pending_transfer_has_different_amount;
  return Status::created;
}

// A pending transfer ends at its due time, whether or not its release has run. An imported post is judged at
// the later of engine time and its own, so that it neither revives what is over nor is dated after the end.
bool overdue(const Moment& moment, const Transfer& transfer, const Transfer& pending) {
  if (pending.timeout == 0) return false;
  return expiry_of(moment.book, pending).due <= std::max(moment.now, transfer.timestamp);
}

Status check_open(const Moment& moment, const Transfer& transfer, const TransferRow& pending) {
  FLORIN_ASSERT(pending.status != PendingStatus::none);
  if (pending.status == PendingStatus::posted) return Status::pending_transfer_already_posted;
  if (pending.status == PendingStatus::voided) return Status::pending_transfer_already_voided;
  if (pending.status == PendingStatus::expired) return Status::pending_transfer_expired;
  if (overdue(moment, transfer, pending.transfer)) return Status::pending_transfer_expired;
  return Status::created;
}

Status check_pending(const Moment& moment, const Transfer& transfer, const TransferRow* pending) {
  if (pending == nullptr) return Status::pending_transfer_not_found;
  if (!has(pending->transfer.flags, flag::pending)) return Status::pending_transfer_not_pending;
  const Status status = check_agreement(transfer, pending->transfer);
  return status == Status::created ? check_open(moment, transfer, *pending) : status;
}

// A closed account only sees pending transfers voided.
Status check_closed(const Transfer& transfer, const Account& debit, const Account& credit) {
  if (has(transfer.flags, flag::void_pending_transfer)) return Status::created;
  if (has(debit.flags, account_flags::closed)) return Status::debit_account_already_closed;
  if (has(credit.flags, account_flags::closed)) return Status::credit_account_already_closed;
  return Status::created;
}

Transfer stored_form(const Moment& moment, const Transfer& transfer, const Transfer& pending) {
  Transfer stored = transfer;
  stored.debit_account_id = pending.debit_account_id;
  stored.credit_account_id = pending.credit_account_id;
  stored.amount = settled_amount(transfer, pending);
  stored.ledger = pending.ledger;
  stored.code = pending.code;
  if (stored.user_data_128 == 0) stored.user_data_128 = pending.user_data_128;
  if (stored.user_data_64 == 0) stored.user_data_64 = pending.user_data_64;
  if (stored.user_data_32 == 0) stored.user_data_32 = pending.user_data_32;
  if (!has(transfer.flags, flag::imported)) stored.timestamp = moment.now;
  return stored;
}

TransferCreated created(const Transfer& stored, const Transfer& pending, const Account& debit,
                        const Account& credit) {
  TransferCreated event{stored, released_debit(pending, debit), released_credit(pending, credit)};
  if (has(stored.flags, flag::post_pending_transfer)) {
    Balances& debited = event.debit.balances;
    Balances& credited = event.credit.balances;
    // Only a void or the expiry of a closing transfer reopens; a post does not get here, its accounts are
    // closed.
    FLORIN_ASSERT(event.debit.flags == debit.flags && event.credit.flags == credit.flags);
    debited.debits_posted = total(debited.debits_posted, stored.amount);
    credited.credits_posted = total(credited.credits_posted, stored.amount);
  }
  return event;
}

Amount less(Amount a, Amount b) {
  const auto difference = checked_subtract(a, b);
  FLORIN_ASSERT(difference.has_value());
  return *difference;
}

}  // namespace

AccountAfter released_debit(const Transfer& pending, const Account& debit) {
  AccountAfter after{debit.balances, debit.flags};
  after.balances.debits_pending = less(after.balances.debits_pending, pending.amount);
  if (has(pending.flags, flag::closing_debit))
    after.flags &= static_cast<std::uint16_t>(~account_flags::closed);
  return after;
}

AccountAfter released_credit(const Transfer& pending, const Account& credit) {
  AccountAfter after{credit.balances, credit.flags};
  after.balances.credits_pending = less(after.balances.credits_pending, pending.amount);
  if (has(pending.flags, flag::closing_credit))
    after.flags &= static_cast<std::uint16_t>(~account_flags::closed);
  return after;
}

EventBody decide_post_or_void(const State& state, const Moment& moment, const Transfer& transfer) {
  Status status = check_fields(moment, transfer);
  if (status != Status::created) return refuse(transfer, status, moment.now);

  const TransferRow* row = state.find_transfer({moment.book, transfer.pending_id});
  status = check_pending(moment, transfer, row);
  if (status == Status::created && has(transfer.flags, flag::imported))
    status = check_import_order(state, moment, transfer);
  if (status != Status::created) return refuse(transfer, status, moment.now);

  const Transfer& pending = row->transfer;
  const Account* debit = state.accounts.find({moment.book, pending.debit_account_id});
  const Account* credit = state.accounts.find({moment.book, pending.credit_account_id});
  FLORIN_ASSERT(debit != nullptr && credit != nullptr);
  status = check_closed(transfer, *debit, *credit);
  if (status != Status::created) return refuse(transfer, status, moment.now);

  // After this line the transfer must be created.
  return created(stored_form(moment, transfer, pending), pending, *debit, *credit);
}

}  // namespace florin::ledger
