// Transactions of many postings, and reversals. All rules are checked of the transaction as a whole, so that
// neither the order of its postings nor how they are matched decides what it is told; then the transfers that
// post it must pass the ladder of every transfer.
#include <map>

#include "engine/ledger/additions.hpp"
#include "engine/ledger/apply.hpp"
#include "engine/ledger/legs.hpp"
#include "engine/ledger/limits.hpp"

namespace florin::ledger {
namespace {

using Status = TransactionStatus;
namespace flag = transaction_flags;

// What stands against a transaction, and at which of its postings.
struct Verdict {
  Status status = Status::created;
  std::uint32_t posting = 0;
};

bool is_reversal(const Transaction& sent) {
  return sent.reversal_of.value != 0 || has(sent.flags, flag::whole);
}

Status check_time(const Moment& moment, const Transaction& sent) {
  if (!has(sent.flags, flag::imported))
    return sent.timestamp.value == 0 ? Status::created : Status::timestamp_must_be_zero;
  if (sent.timestamp.value < timestamp_min || sent.timestamp.value > timestamp_max)
    return Status::imported_event_timestamp_out_of_range;
  // Each of its transfers takes the next nanosecond.
  if (sent.timestamp.value + postings_max > moment.now.value)
    return Status::imported_event_timestamp_must_not_advance;
  return Status::created;
}

bool same_postings(const Transaction& sent, const TransactionRow& existing) {
  return std::equal(sent.postings.begin(), sent.postings.end(), existing.lines.begin(), existing.lines.end(),
                    [](const Posting& a, const TransactionRow::Line& line) {
                      const Posting& b = line.posting;
                      return a.account == b.account && a.side == b.side && a.amount == b.amount;
                    });
}

// A reversal that names no code has its original's.
std::uint16_t code_of(const Transaction& sent, const TransactionRow* original) {
  return sent.code == 0 && original != nullptr ? original->code : sent.code;
}

Status compare_with_existing(const Transaction& sent, const TransactionRow& existing,
                             const TransactionRow* original) {
  if (sent.flags != existing.flags) return Status::exists_with_different_flags;
  if (sent.reversal_of != existing.reversal_of) return Status::exists_with_different_reversal_of;
  // A whole reversal names no postings: what was left then was reversed then.
  if (!has(sent.flags, flag::whole) && !same_postings(sent, existing))
    return Status::exists_with_different_postings;
  if (sent.user_data_128 != existing.user_data_128) return Status::exists_with_different_user_data_128;
  if (sent.user_data_64 != existing.user_data_64) return Status::exists_with_different_user_data_64;
  if (sent.user_data_32 != existing.user_data_32) return Status::exists_with_different_user_data_32;
  if (code_of(sent, original) != existing.code) return Status::exists_with_different_code;
  if (hash_of(sent.metadata) != existing.metadata_hash) return Status::exists_with_different_metadata;
  return Status::exists;
}

Status check_reversal(const Transaction& sent, const TransactionRow* original) {
  if (original == nullptr) return Status::reversed_transaction_not_found;
  if (original->reversal_of.value != 0) return Status::reversed_transaction_is_reversal;
  if (has(sent.flags, flag::whole) && left_to_reverse(*original).empty())
    return Status::nothing_left_to_reverse;
  return Status::created;
}

// The first posting that a rule stands against.
template <class Breaks>
std::optional<Verdict> first(const std::vector<Posting>& postings, Status status, Breaks breaks) {
  for (std::uint32_t i = 0; i < postings.size(); ++i)
    if (breaks(postings[i])) return Verdict{status, i};
  return std::nullopt;
}

Verdict check_balance(const std::vector<Posting>& postings) {
  struct Sums {
    Amount debits, credits;
  };
  std::map<LedgerId, Sums> ledgers;
  for (std::uint32_t i = 0; i < postings.size(); ++i) {
    Sums& sums = ledgers[postings[i].ledger];
    Amount& sum = postings[i].side == PostingSide::debit ? sums.debits : sums.credits;
    const auto added = checked_add(sum, postings[i].amount);
    if (!added) return {Status::overflows_sum, i};
    sum = *added;
  }
  if (postings.empty()) return {Status::postings_not_balanced, 0};
  const auto lopsided = [&](const Posting& p) {
    return ledgers[p.ledger].debits != ledgers[p.ledger].credits;
  };
  return first(postings, Status::postings_not_balanced, lopsided).value_or(Verdict{});
}

// No more may be taken back from a side of an account than the original put there and is left of it.
Verdict check_left(const std::vector<Posting>& postings, const TransactionRow& original) {
  std::map<std::pair<AccountId, PostingSide>, Amount> left;
  for (const Posting& posting : left_to_reverse(original))
    left[{posting.account, posting.side}].value += posting.amount.value;
  for (std::uint32_t i = 0; i < postings.size(); ++i) {
    Amount& room = left[{postings[i].account, postings[i].side}];
    if (postings[i].amount > room) return {Status::exceeds_reversed_transaction, i};
    room.value -= postings[i].amount.value;
  }
  return {};
}

Verdict check_postings(const State& state, BookId book, std::vector<Posting>& postings) {
  std::map<AccountId, PostingSide> sides;
  const auto crosses = [&](const Posting& p) {
    return sides.try_emplace(p.account, p.side).first->second != p.side;
  };
  const auto is_lost = [&](const Posting& p) { return state.accounts.find({book, p.account}) == nullptr; };
  if (const auto v = first(postings, Status::account_id_must_not_be_zero,
                           [](const Posting& p) { return p.account.value == 0; }))
    return *v;
  if (const auto v = first(postings, Status::account_id_must_not_be_int_max,
                           [](const Posting& p) { return p.account.value == u128_max; }))
    return *v;
  if (const auto v = first(postings, Status::amount_must_not_be_zero,
                           [](const Posting& p) { return p.amount == Amount{}; }))
    return *v;
  if (const auto v = first(postings, Status::account_on_both_sides, crosses)) return *v;
  if (const auto v = first(postings, Status::account_not_found, is_lost)) return *v;
  for (Posting& posting : postings) posting.ledger = state.accounts.find({book, posting.account})->ledger;
  return check_balance(postings);
}

Verdict check_imported(const State& state, const Moment& moment, const Transaction& sent, std::size_t legs) {
  Transfer taken;  // the transaction's own time, and those of its transfers behind it
  for (std::uint64_t i = 0; i <= legs; ++i) {
    taken.timestamp.value = sent.timestamp.value + i;
    if (check_import_order(state, moment, taken) != TransferStatus::created)
      return {Status::imported_event_timestamp_must_not_regress, 0};
  }
  const auto late =
      first(sent.postings, Status::imported_event_timestamp_must_postdate_account, [&](const Posting& p) {
        return state.accounts.find({moment.book, p.account})->timestamp >= sent.timestamp;
      });
  return late.value_or(Verdict{});
}

// Whether the accounts take it: what all of its postings together do to each of them.
Verdict check_accounts(const State& state, BookId book, const std::vector<Posting>& postings) {
  const auto account = [&](const Posting& p) -> const AccountRow& {
    return *state.accounts.find({book, p.account});
  };
  const auto closed = [&](const Posting& p) { return has(account(p).flags, account_flags::closed); };
  if (const auto v = first(postings, Status::account_already_closed, closed)) return *v;

  std::map<AccountId, Amount> moved;
  const auto moves_over = [&](const Posting& p, Amount room) {
    const auto sum = checked_add(moved[p.account], p.amount);
    if (!sum || *sum > room) return true;
    moved[p.account] = *sum;
    return false;
  };
  const auto overflows = [&](const Posting& p) {
    const Balances& b = account(p).balances;
    const Amount used = p.side == PostingSide::debit ? total(b.debits_pending, b.debits_posted)
                                                     : total(b.credits_pending, b.credits_posted);
    return moves_over(p, {amount_max.value - used.value});
  };
  if (const auto v = first(postings, Status::overflows_balance, overflows)) return *v;
  moved.clear();
  const auto exceeds_debits_of_it = [&](const Posting& p) {
    return p.side == PostingSide::debit && moves_over(p, debits_available(account(p)));
  };
  if (const auto v = first(postings, Status::exceeds_credits, exceeds_debits_of_it)) return *v;
  const auto exceeds_credits_of_it = [&](const Posting& p) {
    return p.side == PostingSide::credit && moves_over(p, credits_available(account(p)));
  };
  return first(postings, Status::exceeds_debits, exceeds_credits_of_it).value_or(Verdict{});
}

// The transfers that post it, against the state.
Verdict check_legs(const State& state, const Moment& moment, const Transaction& stored,
                   const std::vector<Leg>& legs) {
  if (has(stored.flags, flag::imported))
    if (const Verdict v = check_imported(state, moment, stored, legs.size()); v.status != Status::created)
      return v;
  for (const Leg& leg : legs)
    if (state.transfer_ids.find({moment.book, leg.transfer.id}) != nullptr)
      return {Status::transfer_id_taken, leg.debit_posting};
  return check_accounts(state, moment.book, stored.postings);
}

// Up to what it says of itself. When nothing stands against it, `stored` is what is to be posted.
Verdict judge(const State& state, const Moment& moment, Transaction& stored, Timestamp& existing_time) {
  if (const Status status = check_time(moment, stored); status != Status::created) return {status, 0};
  if (stored.id.value == 0) return {Status::id_must_not_be_zero, 0};
  if (stored.id.value == u128_max) return {Status::id_must_not_be_int_max, 0};
  const TransactionRow* original =
      is_reversal(stored) ? state.find_transaction({moment.book, stored.reversal_of}) : nullptr;
  if (const TransactionRow* existing = state.transactions.find({moment.book, stored.id})) {
    if (existing->burnt()) return {Status::id_already_failed, 0};
    existing_time = existing->timestamp;
    return {compare_with_existing(stored, *existing, original), 0};
  }
  if (!is_reversal(stored) && stored.code == 0) return {Status::code_must_not_be_zero, 0};
  if (is_reversal(stored)) {
    if (const Status status = check_reversal(stored, original); status != Status::created) return {status, 0};
    stored.code = code_of(stored, original);
    if (has(stored.flags, flag::whole)) stored.postings = left_to_reverse(*original);
  }
  Verdict verdict = check_postings(state, moment.book, stored.postings);
  if (verdict.status == Status::created && original != nullptr)
    verdict = check_left(stored.postings, *original);
  return verdict;
}

std::optional<Available> available(const State& state, BookId book, const Transaction& stored,
                                   const Verdict& verdict) {
  if (verdict.status != Status::exceeds_credits && verdict.status != Status::exceeds_debits)
    return std::nullopt;
  const AccountRow* account = state.accounts.find({book, stored.postings[verdict.posting].account});
  return Available{account->id, verdict.status == Status::exceeds_credits ? debits_available(*account)
                                                                          : credits_available(*account)};
}

void post_legs(State& state, const Context& context, const std::vector<Leg>& legs, std::vector<Event>& out) {
  for (const Leg& leg : legs) {
    const Timestamp now = context.time.next();
    Event event{now, context.book, context.command,
                decide_item(state, {context.book, now, now, context.ledgers}, leg.transfer)};
    FLORIN_ASSERT(std::holds_alternative<TransferCreated>(event.body));
    apply(state, event);
    out.push_back(std::move(event));
  }
}

}  // namespace

void create_transaction(State& state, const Context& context, const Transaction& sent,
                        std::vector<Event>& out) {
  const Timestamp now = context.time.next();
  const Moment moment{context.book, now, now, context.ledgers};
  Transaction stored = sent;
  Timestamp told = now;
  std::vector<Leg> legs;
  Verdict verdict = judge(state, moment, stored, told);
  if (verdict.status == Status::created) {
    legs = legs_of(stored);
    verdict = check_legs(state, moment, stored, legs);
  }
  if (verdict.status != Status::created) {
    const Timestamp timestamp = verdict.status == Status::exists ? told : now;
    out.push_back({now, context.book, context.command,
                   TransactionRefused{sent.id, verdict.status, timestamp, verdict.posting,
                                      available(state, context.book, stored, verdict)}});
    return apply(state, out.back());
  }
  if (!has(stored.flags, flag::imported)) stored.timestamp = now;
  out.push_back({now, context.book, context.command,
                 TransactionCreated{stored, static_cast<std::uint32_t>(legs.size())}});
  apply(state, out.back());
  post_legs(state, context, legs, out);
}

}  // namespace florin::ledger
