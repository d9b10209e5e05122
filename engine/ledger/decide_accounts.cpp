#include "engine/ledger/ladder.hpp"

namespace florin::ledger {
namespace {

using Status = AccountStatus;

Status compare_with_existing(const Account& sent, const Account& existing) {
  if (sent.flags != existing.flags) return Status::exists_with_different_flags;
  if (sent.user_data_128 != existing.user_data_128) return Status::exists_with_different_user_data_128;
  if (sent.user_data_64 != existing.user_data_64) return Status::exists_with_different_user_data_64;
  if (sent.user_data_32 != existing.user_data_32) return Status::exists_with_different_user_data_32;
  if (sent.ledger != existing.ledger) return Status::exists_with_different_ledger;
  if (sent.code != existing.code) return Status::exists_with_different_code;
  return Status::exists;
}

Status check_identity(const Account& account) {
  if (account.reserved != 0) return Status::reserved_field;
  if ((account.flags & ~account_flags::all) != 0) return Status::reserved_flag;
  if (account.id.value == 0) return Status::id_must_not_be_zero;
  if (account.id.value == u128_max) return Status::id_must_not_be_int_max;
  return Status::created;
}

Status check_fields(const Moment& moment, const Account& account) {
  constexpr std::uint16_t both_limits =
      account_flags::debits_must_not_exceed_credits | account_flags::credits_must_not_exceed_debits;
  if ((account.flags & both_limits) == both_limits) return Status::flags_are_mutually_exclusive;
  if (account.balances.debits_pending != Amount{}) return Status::debits_pending_must_be_zero;
  if (account.balances.debits_posted != Amount{}) return Status::debits_posted_must_be_zero;
  if (account.balances.credits_pending != Amount{}) return Status::credits_pending_must_be_zero;
  if (account.balances.credits_posted != Amount{}) return Status::credits_posted_must_be_zero;
  if (account.ledger.value == 0) return Status::ledger_must_not_be_zero;
  if (!moment.ledgers.open(moment.book, account.ledger)) return Status::ledger_not_open;
  if (account.code == 0) return Status::code_must_not_be_zero;
  return Status::created;
}

// An imported account must be later than all accounts of its book and must not share a transfer's timestamp.
Status check_import_order(const State& state, const Moment& moment, const Account& account) {
  const BookMarks* marks = state.marks.find(moment.book);
  if (marks != nullptr && account.timestamp <= marks->last_account)
    return Status::imported_event_timestamp_must_not_regress;
  if (state.transfers.find({moment.book, account.timestamp}) != nullptr)
    return Status::imported_event_timestamp_must_not_regress;
  return Status::created;
}

}  // namespace

EventBody decide_item(const State& state, const Moment& moment, const Account& account) {
  Status status = check_identity(account);
  if (status != Status::created) return refuse(account, status, moment.now);

  if (const Account* existing = state.accounts.find({moment.book, account.id}); existing != nullptr) {
    status = compare_with_existing(account, *existing);
    return refuse(account, status, status == Status::exists ? existing->timestamp : moment.now);
  }

  const bool imported = has(account.flags, account_flags::imported);
  status = check_fields(moment, account);
  if (status == Status::created && imported) status = check_import_order(state, moment, account);
  if (status != Status::created) return refuse(account, status, moment.now);

  // After this line the account must be created.
  Account stored = account;
  if (!imported) stored.timestamp = moment.now;
  return AccountCreated{stored};
}

}  // namespace florin::ledger
