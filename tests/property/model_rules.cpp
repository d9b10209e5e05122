// The rules, each looked up in TigerBeetle's documentation of create_accounts and create_transfers.
#include <algorithm>

#include "tests/property/model.hpp"

namespace florin::property {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t end_of_time = 9'223'372'036'854'775'807u;

bool is(const Transfer& t, std::uint16_t flag) { return (t.flags & flag) != 0; }
bool is(const Account& a, std::uint16_t flag) { return (a.flags & flag) != 0; }
bool imported(const Account& a) { return is(a, account_flags::imported); }
bool imported(const Transfer& t) { return is(t, transfer_flags::imported); }

bool settles(const Transfer& t) {
  return is(t, transfer_flags::post_pending_transfer) || is(t, transfer_flags::void_pending_transfer);
}

std::uint64_t due_time(const Transfer& hold) { return hold.timestamp.value + hold.timeout * second; }

bool over(u128 a, u128 b) { return a > u128_max - b; }

u128 amount_of_settling(const Transfer& sent, const Transfer& hold) {
  if (is(sent, transfer_flags::void_pending_transfer) && sent.amount.value == 0) return hold.amount.value;
  if (!is(sent, transfer_flags::void_pending_transfer) && sent.amount.value == u128_max)
    return hold.amount.value;
  return sent.amount.value;
}

// What is recorded of a post or void: what it leaves unsaid is what the hold says.
Transfer meaning_of(const Transfer& sent, const Transfer& hold) {
  Transfer meant = sent;
  if (meant.debit_account_id.value == 0) meant.debit_account_id = hold.debit_account_id;
  if (meant.credit_account_id.value == 0) meant.credit_account_id = hold.credit_account_id;
  meant.amount.value = amount_of_settling(sent, hold);
  if (meant.user_data_128 == 0) meant.user_data_128 = hold.user_data_128;
  if (meant.user_data_64 == 0) meant.user_data_64 = hold.user_data_64;
  if (meant.user_data_32 == 0) meant.user_data_32 = hold.user_data_32;
  if (meant.ledger.value == 0) meant.ledger = hold.ledger;
  if (meant.code == 0) meant.code = hold.code;
  return meant;
}

}  // namespace

std::string Model::judge(const Account& sent, std::uint64_t) {
  if (sent.reserved != 0) return "reserved_field";
  if (sent.flags > 63) return "reserved_flag";
  if (sent.id.value == 0) return "id_must_not_be_zero";
  if (sent.id.value == u128_max) return "id_must_not_be_int_max";
  if (const auto old = account(sent.id.value)) {
    if (sent.flags != old->flags) return "exists_with_different_flags";
    if (sent.user_data_128 != old->user_data_128) return "exists_with_different_user_data_128";
    if (sent.user_data_64 != old->user_data_64) return "exists_with_different_user_data_64";
    if (sent.user_data_32 != old->user_data_32) return "exists_with_different_user_data_32";
    if (sent.ledger != old->ledger) return "exists_with_different_ledger";
    if (sent.code != old->code) return "exists_with_different_code";
    return "exists";
  }
  if (is(sent, account_flags::debits_must_not_exceed_credits) &&
      is(sent, account_flags::credits_must_not_exceed_debits))
    return "flags_are_mutually_exclusive";
  if (sent.balances.debits_pending.value != 0) return "debits_pending_must_be_zero";
  if (sent.balances.debits_posted.value != 0) return "debits_posted_must_be_zero";
  if (sent.balances.credits_pending.value != 0) return "credits_pending_must_be_zero";
  if (sent.balances.credits_posted.value != 0) return "credits_posted_must_be_zero";
  if (sent.ledger.value == 0) return "ledger_must_not_be_zero";
  if (!open_ledgers_.contains(sent.ledger.value)) return "ledger_not_open";
  if (sent.code == 0) return "code_must_not_be_zero";
  if (imported(sent)) {
    for (const auto& [id, old] : accounts_)
      if (old.timestamp >= sent.timestamp) return "imported_event_timestamp_must_not_regress";
    for (const Entry& old : transfers_)
      if (old.transfer.timestamp == sent.timestamp) return "imported_event_timestamp_must_not_regress";
  }
  accounts_[sent.id.value] = sent;
  return "created";
}

std::string Model::compare(const Transfer& sent, const Transfer& old) const {
  if (sent.flags != old.flags) return "exists_with_different_flags";
  if (sent.pending_id != old.pending_id) return "exists_with_different_pending_id";
  if (sent.timeout != old.timeout) return "exists_with_different_timeout";
  Transfer meant = settles(sent) ? meaning_of(sent, find(sent.pending_id.value)->transfer) : sent;
  const bool balancing =
      is(sent, transfer_flags::balancing_debit) || is(sent, transfer_flags::balancing_credit);
  if (balancing && meant.amount > old.amount) meant.amount = old.amount;
  if (meant.debit_account_id != old.debit_account_id) return "exists_with_different_debit_account_id";
  if (meant.credit_account_id != old.credit_account_id) return "exists_with_different_credit_account_id";
  if (meant.amount != old.amount) return "exists_with_different_amount";
  if (meant.user_data_128 != old.user_data_128) return "exists_with_different_user_data_128";
  if (meant.user_data_64 != old.user_data_64) return "exists_with_different_user_data_64";
  if (meant.user_data_32 != old.user_data_32) return "exists_with_different_user_data_32";
  if (meant.ledger != old.ledger) return "exists_with_different_ledger";
  if (meant.code != old.code) return "exists_with_different_code";
  return "exists";
}

std::string Model::judge(const Transfer& sent, std::uint64_t now) {
  if (sent.flags > 511) return "reserved_flag";
  if (sent.id.value == 0) return "id_must_not_be_zero";
  if (sent.id.value == u128_max) return "id_must_not_be_int_max";
  if (burnt_.contains(sent.id.value)) return "id_already_failed";
  if (const Entry* old = find(sent.id.value)) return compare(sent, old->transfer);
  return settles(sent) ? judge_settling(sent, now) : judge_plain(sent);
}

bool Model::regresses(const Transfer& sent) const {
  if (!imported(sent)) return false;
  for (const Entry& old : transfers_)
    if (old.transfer.timestamp >= sent.timestamp) return true;
  for (const auto& [id, old] : accounts_)
    if (old.timestamp == sent.timestamp) return true;
  return false;
}

std::string Model::form_of_plain(const Transfer& sent) const {
  const bool pending = is(sent, transfer_flags::pending);
  const bool closing = is(sent, transfer_flags::closing_debit) || is(sent, transfer_flags::closing_credit);
  const u128 debit_id = sent.debit_account_id.value;
  const u128 credit_id = sent.credit_account_id.value;
  if (debit_id == 0) return "debit_account_id_must_not_be_zero";
  if (debit_id == u128_max) return "debit_account_id_must_not_be_int_max";
  if (credit_id == 0) return "credit_account_id_must_not_be_zero";
  if (credit_id == u128_max) return "credit_account_id_must_not_be_int_max";
  if (debit_id == credit_id) return "accounts_must_be_different";
  if (sent.pending_id.value != 0) return "pending_id_must_be_zero";
  if (sent.timeout != 0 && !pending) return "timeout_reserved_for_pending_transfer";
  if (closing && !pending) return "closing_transfer_must_be_pending";
  if (sent.ledger.value == 0) return "ledger_must_not_be_zero";
  if (!open_ledgers_.contains(sent.ledger.value)) return "ledger_not_open";
  if (sent.code == 0) return "code_must_not_be_zero";
  return "";
}

std::string Model::judge_plain(Transfer sent) {
  if (std::string wrong = form_of_plain(sent); !wrong.empty()) return wrong;
  const auto debit = account(sent.debit_account_id.value);
  const auto credit = account(sent.credit_account_id.value);
  if (!debit) return "debit_account_not_found";
  if (!credit) return "credit_account_not_found";
  if (debit->ledger != credit->ledger) return "accounts_must_have_the_same_ledger";
  if (debit->ledger != sent.ledger) return "transfer_must_have_the_same_ledger_as_accounts";
  if (regresses(sent)) return "imported_event_timestamp_must_not_regress";
  if (imported(sent)) {
    if (sent.timestamp <= debit->timestamp) return "imported_event_timestamp_must_postdate_debit_account";
    if (sent.timestamp <= credit->timestamp) return "imported_event_timestamp_must_postdate_credit_account";
    if (sent.timeout != 0) return "imported_event_timeout_must_be_zero";
  }
  if (is(*debit, account_flags::closed)) return "debit_account_already_closed";
  if (is(*credit, account_flags::closed)) return "credit_account_already_closed";
  if (std::string wrong = weigh(sent, *debit, *credit); !wrong.empty()) return wrong;
  transfers_.push_back({sent, is(sent, transfer_flags::pending) ? Phase::open : Phase::single});
  return "created";
}

// What the balances say; sets the amount of a balancing transfer.
std::string Model::weigh(Transfer& sent, const Account& debit, const Account& credit) const {
  const bool pending = is(sent, transfer_flags::pending);
  const u128 debits = debit.balances.debits_posted.value + debit.balances.debits_pending.value;
  const u128 credits = credit.balances.credits_posted.value + credit.balances.credits_pending.value;
  const u128 funds = debit.balances.credits_posted.value;
  const u128 owed = credit.balances.debits_posted.value;
  u128& amount = sent.amount.value;
  if (is(sent, transfer_flags::balancing_debit))
    amount = std::min(amount, funds > debits ? funds - debits : 0);
  if (is(sent, transfer_flags::balancing_credit))
    amount = std::min(amount, owed > credits ? owed - credits : 0);

  if (pending && over(amount, debit.balances.debits_pending.value)) return "overflows_debits_pending";
  if (pending && over(amount, credit.balances.credits_pending.value)) return "overflows_credits_pending";
  if (over(amount, debit.balances.debits_posted.value)) return "overflows_debits_posted";
  if (over(amount, credit.balances.credits_posted.value)) return "overflows_credits_posted";
  if (over(amount, debits)) return "overflows_debits";
  if (over(amount, credits)) return "overflows_credits";
  if (sent.timeout * second > end_of_time - sent.timestamp.value) return "overflows_timeout";
  if (amount > room(debit, PostingSide::debit)) return "exceeds_credits";
  if (amount > room(credit, PostingSide::credit)) return "exceeds_debits";
  return "";
}

// By how much one side may exceed what is posted on the other: what a command has said stands in the place of
// the flag.
std::optional<u128> Model::bound(const Account& account, PostingSide side) const {
  const bool debit = side == PostingSide::debit;
  const Limits set = fault_ == Fault::limits_are_forgotten ? Limits{} : limits(account.id.value);
  const std::optional<Amount> max = debit ? set.debit_balance_max : set.credit_balance_max;
  if (max) return max->value;
  const bool flagged = is(account, debit ? account_flags::debits_must_not_exceed_credits
                                         : account_flags::credits_must_not_exceed_debits);
  return flagged ? std::optional<u128>(0) : std::nullopt;
}

// What the side can still take.
u128 Model::room(const Account& account, PostingSide side) const {
  const Balances& b = account.balances;
  const bool debit = side == PostingSide::debit;
  const u128 pending = debit ? b.debits_pending.value : b.credits_pending.value;
  const u128 posted = debit ? b.debits_posted.value : b.credits_posted.value;
  const u128 opposite = debit ? b.credits_posted.value : b.debits_posted.value;
  const bool overlooked = debit && fault_ == Fault::pending_debits_are_free;
  const u128 used = overlooked ? posted : pending + posted;
  const std::optional<u128> beyond = bound(account, side);
  if (!beyond) return u128_max - used;
  const u128 top = over(opposite, *beyond) ? u128_max : opposite + *beyond;
  return top > used ? top - used : 0;
}

std::optional<Available> Model::available(const std::string& status, AccountId debit,
                                          AccountId credit) const {
  if (status == "exceeds_credits") return Available{debit, {room(*account(debit.value), PostingSide::debit)}};
  if (status == "exceeds_debits")
    return Available{credit, {room(*account(credit.value), PostingSide::credit)}};
  return std::nullopt;
}

std::string Model::form_of_settling(const Transfer& sent) const {
  const bool posts = is(sent, transfer_flags::post_pending_transfer);
  const bool voids = is(sent, transfer_flags::void_pending_transfer);
  if (posts && voids) return "flags_are_mutually_exclusive";
  for (const std::uint16_t other :
       {transfer_flags::pending, transfer_flags::balancing_debit, transfer_flags::balancing_credit,
        transfer_flags::closing_debit, transfer_flags::closing_credit})
    if (is(sent, other)) return "flags_are_mutually_exclusive";
  if (sent.pending_id.value == 0) return "pending_id_must_not_be_zero";
  if (sent.pending_id.value == u128_max) return "pending_id_must_not_be_int_max";
  if (sent.pending_id == sent.id) return "pending_id_must_be_different";
  if (sent.timeout != 0) return "timeout_reserved_for_pending_transfer";
  if (sent.ledger.value != 0 && !open_ledgers_.contains(sent.ledger.value)) return "ledger_not_open";
  return "";
}

std::string Model::against_hold(const Transfer& sent, const Entry& hold, std::uint64_t now) const {
  const Transfer& held = hold.transfer;
  const bool voids = is(sent, transfer_flags::void_pending_transfer);
  const u128 amount = amount_of_settling(sent, held);
  if (!is(held, transfer_flags::pending)) return "pending_transfer_not_pending";
  if (sent.debit_account_id.value != 0 && sent.debit_account_id != held.debit_account_id)
    return "pending_transfer_has_different_debit_account_id";
  if (sent.credit_account_id.value != 0 && sent.credit_account_id != held.credit_account_id)
    return "pending_transfer_has_different_credit_account_id";
  if (sent.ledger.value != 0 && sent.ledger != held.ledger) return "pending_transfer_has_different_ledger";
  if (sent.code != 0 && sent.code != held.code) return "pending_transfer_has_different_code";
  if (amount > held.amount.value) return "exceeds_pending_transfer_amount";
  if (voids && amount != held.amount.value) return "pending_transfer_has_different_amount";
  if (hold.phase == Phase::posted) return "pending_transfer_already_posted";
  if (hold.phase == Phase::voided) return "pending_transfer_already_voided";
  if (hold.phase == Phase::expired) return "pending_transfer_expired";
  const std::uint64_t longer = fault_ == Fault::holds_last_longer ? 1 : 0;
  if (held.timeout != 0 && due_time(held) + longer <= std::max(now, sent.timestamp.value))
    return "pending_transfer_expired";
  if (regresses(sent)) return "imported_event_timestamp_must_not_regress";
  if (voids) return "";
  if (is(*account(held.debit_account_id.value), account_flags::closed)) return "debit_account_already_closed";
  if (is(*account(held.credit_account_id.value), account_flags::closed))
    return "credit_account_already_closed";
  return "";
}

std::string Model::judge_settling(const Transfer& sent, std::uint64_t now) {
  if (std::string wrong = form_of_settling(sent); !wrong.empty()) return wrong;
  const Entry* hold = find(sent.pending_id.value);
  if (hold == nullptr) return "pending_transfer_not_found";
  if (std::string wrong = against_hold(sent, *hold, now); !wrong.empty()) return wrong;
  const Transfer recorded = meaning_of(sent, hold->transfer);
  const bool voids = is(sent, transfer_flags::void_pending_transfer);
  for (Entry& entry : transfers_)
    if (entry.transfer.id == sent.pending_id) entry.phase = voids ? Phase::voided : Phase::posted;
  transfers_.push_back({recorded, Phase::single});
  return "created";
}

}  // namespace florin::property
