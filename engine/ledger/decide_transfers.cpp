#include "engine/ledger/ladder.hpp"
#include "engine/ledger/limits.hpp"

namespace florin::ledger {
namespace {

using Status = TransferStatus;
namespace flag = transfer_flags;

Status check_identity(const Transfer& transfer) {
  if ((transfer.flags & ~flag::all) != 0) return Status::reserved_flag;
  if (transfer.id.value == 0) return Status::id_must_not_be_zero;
  if (transfer.id.value == u128_max) return Status::id_must_not_be_int_max;
  return Status::created;
}

Status check_fields(const Moment& moment, const Transfer& transfer) {
  const bool pending = has(transfer.flags, flag::pending);
  const bool closing = has(transfer.flags, flag::closing_debit | flag::closing_credit);
  if (transfer.debit_account_id.value == 0) return Status::debit_account_id_must_not_be_zero;
  if (transfer.debit_account_id.value == u128_max) return Status::debit_account_id_must_not_be_int_max;
  if (transfer.credit_account_id.value == 0) return Status::credit_account_id_must_not_be_zero;
  if (transfer.credit_account_id.value == u128_max) return Status::credit_account_id_must_not_be_int_max;
  if (transfer.credit_account_id == transfer.debit_account_id) return Status::accounts_must_be_different;
  if (transfer.pending_id.value != 0) return Status::pending_id_must_be_zero;
  if (!pending && transfer.timeout != 0) return Status::timeout_reserved_for_pending_transfer;
  if (!pending && closing) return Status::closing_transfer_must_be_pending;
  if (transfer.ledger.value == 0) return Status::ledger_must_not_be_zero;
  if (!moment.ledgers.open(moment.book, transfer.ledger)) return Status::ledger_not_open;
  if (transfer.code == 0) return Status::code_must_not_be_zero;
  return Status::created;
}

Status check_accounts(const Transfer& transfer, const Account* debit, const Account* credit) {
  if (debit == nullptr) return Status::debit_account_not_found;
  if (credit == nullptr) return Status::credit_account_not_found;
  if (debit->ledger != credit->ledger) return Status::accounts_must_have_the_same_ledger;
  if (transfer.ledger != debit->ledger) return Status::transfer_must_have_the_same_ledger_as_accounts;
  return Status::created;
}

Status check_import(const State& state, const Moment& moment, const Transfer& transfer, const Account& debit,
                    const Account& credit) {
  const Status order = check_import_order(state, moment, transfer);
  if (order != Status::created) return order;
  if (transfer.timestamp <= debit.timestamp)
    return Status::imported_event_timestamp_must_postdate_debit_account;
  if (transfer.timestamp <= credit.timestamp)
    return Status::imported_event_timestamp_must_postdate_credit_account;
  if (transfer.timeout != 0) return Status::imported_event_timeout_must_be_zero;
  return Status::created;
}

Amount subtract_or_zero(Amount a, Amount b) { return checked_subtract(a, b).value_or(Amount{}); }

// A balancing transfer moves at most what its account has left on the other side.
Amount amount_to_move(const Transfer& transfer, const Balances& debit, const Balances& credit) {
  Amount amount = transfer.amount;
  if (has(transfer.flags, flag::balancing_debit))
    amount =
        min(amount, subtract_or_zero(debit.credits_posted, total(debit.debits_pending, debit.debits_posted)));
  if (has(transfer.flags, flag::balancing_credit))
    amount = min(
        amount, subtract_or_zero(credit.debits_posted, total(credit.credits_pending, credit.credits_posted)));
  return amount;
}

bool overflows(Amount a, Amount b) { return !checked_add(a, b).has_value(); }

Status check_overflow(const Transfer& stored, const Balances& debit, const Balances& credit) {
  const Amount amount = stored.amount;
  const bool pending = has(stored.flags, flag::pending);
  if (pending && overflows(amount, debit.debits_pending)) return Status::overflows_debits_pending;
  if (pending && overflows(amount, credit.credits_pending)) return Status::overflows_credits_pending;
  if (overflows(amount, debit.debits_posted)) return Status::overflows_debits_posted;
  if (overflows(amount, credit.credits_posted)) return Status::overflows_credits_posted;
  if (overflows(amount, total(debit.debits_pending, debit.debits_posted))) return Status::overflows_debits;
  if (overflows(amount, total(credit.credits_pending, credit.credits_posted)))
    return Status::overflows_credits;
  if (u128{stored.timestamp.value} + u128{stored.timeout} * ns_per_s > timestamp_max)
    return Status::overflows_timeout;
  return Status::created;
}

Status check_limits(Amount amount, const AccountRow& debit, const AccountRow& credit) {
  if (amount > debits_available(debit)) return Status::exceeds_credits;
  if (amount > credits_available(credit)) return Status::exceeds_debits;
  return Status::created;
}

Status check_room(const Transfer& stored, const AccountRow& debit, const AccountRow& credit) {
  if (has(debit.flags, account_flags::closed)) return Status::debit_account_already_closed;
  if (has(credit.flags, account_flags::closed)) return Status::credit_account_already_closed;
  const Status overflow = check_overflow(stored, debit.balances, credit.balances);
  return overflow == Status::created ? check_limits(stored.amount, debit, credit) : overflow;
}

Available available(Status status, const AccountRow& debit, const AccountRow& credit) {
  if (status == Status::exceeds_credits) return {debit.id, debits_available(debit)};
  return {credit.id, credits_available(credit)};
}

TransferCreated created(const Transfer& stored, const Account& debit, const Account& credit) {
  TransferCreated event{stored, {debit.balances, debit.flags}, {credit.balances, credit.flags}};
  Balances& debited = event.debit.balances;
  Balances& credited = event.credit.balances;
  const bool pending = has(stored.flags, flag::pending);
  Amount& debits = pending ? debited.debits_pending : debited.debits_posted;
  Amount& credits = pending ? credited.credits_pending : credited.credits_posted;
  debits = total(debits, stored.amount);
  credits = total(credits, stored.amount);
  if (has(stored.flags, flag::closing_debit)) event.debit.flags |= account_flags::closed;
  if (has(stored.flags, flag::closing_credit)) event.credit.flags |= account_flags::closed;
  return event;
}

EventBody decide_new(const State& state, const Moment& moment, const Transfer& transfer) {
  Status status = check_fields(moment, transfer);
  if (status != Status::created) return refuse(transfer, status, moment.now);

  const AccountRow* debit = state.accounts.find({moment.book, transfer.debit_account_id});
  const AccountRow* credit = state.accounts.find({moment.book, transfer.credit_account_id});
  const bool imported = has(transfer.flags, flag::imported);
  status = check_accounts(transfer, debit, credit);
  if (status == Status::created && imported) status = check_import(state, moment, transfer, *debit, *credit);
  if (status != Status::created) return refuse(transfer, status, moment.now);

  Transfer stored = transfer;
  stored.amount = amount_to_move(transfer, debit->balances, credit->balances);
  if (!imported) stored.timestamp = moment.now;
  status = check_room(stored, *debit, *credit);
  if (status == Status::exceeds_credits || status == Status::exceeds_debits)
    return TransferRefused{transfer.id, status, moment.now, available(status, *debit, *credit)};
  if (status != Status::created) return refuse(transfer, status, moment.now);

  // After this line the transfer must be created.
  FLORIN_ASSERT(stored.timestamp > debit->timestamp && stored.timestamp > credit->timestamp);
  return created(stored, *debit, *credit);
}

EventBody decide_existing(const State& state, const Moment& moment, const Transfer& transfer) {
  const TransferRow* existing = state.find_transfer({moment.book, transfer.id});
  if (existing == nullptr) return refuse(transfer, Status::id_already_failed, moment.now);
  // Null where the two differ before it matters.
  const TransferRow* pending =
      settles_pending(transfer) ? state.find_transfer({moment.book, transfer.pending_id}) : nullptr;
  const Status status =
      compare_with_existing(transfer, existing->transfer, pending == nullptr ? nullptr : &pending->transfer);
  return refuse(transfer, status, status == Status::exists ? existing->transfer.timestamp : moment.now);
}

}  // namespace

EventBody decide_item(const State& state, const Moment& moment, const Transfer& transfer) {
  const Status status = check_identity(transfer);
  if (status != Status::created) return refuse(transfer, status, moment.now);
  if (state.transfer_ids.find({moment.book, transfer.id}) != nullptr)
    return decide_existing(state, moment, transfer);
  if (settles_pending(transfer)) return decide_post_or_void(state, moment, transfer);
  return decide_new(state, moment, transfer);
}

TransferStatus check_import_order(const State& state, const Moment& moment, const Transfer& transfer) {
  const BookMarks* marks = state.marks.find(moment.book);
  if (marks != nullptr && transfer.timestamp <= marks->last_transfer)
    return Status::imported_event_timestamp_must_not_regress;
  if (state.account_times.find({moment.book, transfer.timestamp}) != nullptr)
    return Status::imported_event_timestamp_must_not_regress;
  return Status::created;
}

}  // namespace florin::ledger
