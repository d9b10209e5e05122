// Idempotence: what a transfer is answered whose id is taken.
#include "engine/ledger/ladder.hpp"

namespace florin::ledger {
namespace {

using Status = TransferStatus;

Status compare_new(const Transfer& sent, const Transfer& existing) {
  const bool balancing = has(sent.flags, transfer_flags::balancing_debit | transfer_flags::balancing_credit);
  if (sent.debit_account_id != existing.debit_account_id)
    return Status::exists_with_different_debit_account_id;
  if (sent.credit_account_id != existing.credit_account_id)
    return Status::exists_with_different_credit_account_id;
  // A balancing transfer names the most that it may move; what was moved depends on the balances of then.
  if (balancing ? sent.amount < existing.amount : sent.amount != existing.amount)
    return Status::exists_with_different_amount;
  if (sent.user_data_128 != existing.user_data_128) return Status::exists_with_different_user_data_128;
  if (sent.user_data_64 != existing.user_data_64) return Status::exists_with_different_user_data_64;
  if (sent.user_data_32 != existing.user_data_32) return Status::exists_with_different_user_data_32;
  if (sent.ledger != existing.ledger) return Status::exists_with_different_ledger;
  if (sent.code != existing.code) return Status::exists_with_different_code;
  return Status::exists;
}

// Zero was stored as what the pending transfer says.
template <class Value>
Value inherited(Value sent, Value pending) {
  return sent == Value{} ? pending : sent;
}

Status compare_settling(const Transfer& sent, const Transfer& existing, const Transfer& pending) {
  if (inherited(sent.debit_account_id, pending.debit_account_id) != existing.debit_account_id)
    return Status::exists_with_different_debit_account_id;
  if (inherited(sent.credit_account_id, pending.credit_account_id) != existing.credit_account_id)
    return Status::exists_with_different_credit_account_id;
  if (settled_amount(sent, pending) != existing.amount) return Status::exists_with_different_amount;
  if (inherited(sent.user_data_128, pending.user_data_128) != existing.user_data_128)
    return Status::exists_with_different_user_data_128;
  if (inherited(sent.user_data_64, pending.user_data_64) != existing.user_data_64)
    return Status::exists_with_different_user_data_64;
  if (inherited(sent.user_data_32, pending.user_data_32) != existing.user_data_32)
    return Status::exists_with_different_user_data_32;
  if (inherited(sent.ledger, pending.ledger) != existing.ledger) return Status::exists_with_different_ledger;
  if (inherited(sent.code, pending.code) != existing.code) return Status::exists_with_different_code;
  return Status::exists;
}

}  // namespace

TransferStatus compare_with_existing(const Transfer& sent, const Transfer& existing,
                                     const Transfer* pending) {
  FLORIN_ASSERT(sent.id == existing.id);
  if (sent.flags != existing.flags) return Status::exists_with_different_flags;
  if (sent.pending_id != existing.pending_id) return Status::exists_with_different_pending_id;
  if (sent.timeout != existing.timeout) return Status::exists_with_different_timeout;
  if (!settles_pending(sent)) return compare_new(sent, existing);
  FLORIN_ASSERT(pending != nullptr && pending->id == existing.pending_id);
  return compare_settling(sent, existing, *pending);
}

}  // namespace florin::ledger
