// The rules of transactions and reversals, each looked up in docs/reference/ledger_semantics.md.
#include <algorithm>

#include "tests/property/model.hpp"

namespace florin::property {
namespace {

constexpr std::uint64_t end_of_time = 9'223'372'036'854'775'807u;
constexpr std::uint64_t legs_most = 1000;  // an imported transaction lies that many nanoseconds in the past

bool imported(const Transaction& t) { return (t.flags & transaction_flags::imported) != 0; }
bool whole(const Transaction& t) { return (t.flags & transaction_flags::whole) != 0; }
bool reverses(const Transaction& t) { return t.reversal_of.value != 0 || whole(t); }

bool over(u128 a, u128 b) { return a > u128_max - b; }

// What the postings up to this one move, of those that `counts` says are like it; none beyond 2^128-1.
template <class Counts>
std::optional<u128> up_to(const std::vector<Posting>& postings, std::size_t last, Counts counts) {
  u128 sum = 0;
  for (std::size_t i = 0; i <= last; ++i) {
    if (!counts(postings[i], postings[last])) continue;
    if (over(sum, postings[i].amount.value)) return std::nullopt;
    sum += postings[i].amount.value;
  }
  return sum;
}

bool same_side_of_ledger(const Posting& a, const Posting& b) {
  return a.ledger == b.ledger && a.side == b.side;
}
bool same_side_of_account(const Posting& a, const Posting& b) {
  return a.account == b.account && a.side == b.side;
}

u128 sum(const std::vector<Posting>& postings, LedgerId ledger, PostingSide side) {
  u128 total = 0;
  for (const Posting& posting : postings)
    if (posting.ledger == ledger && posting.side == side) total += posting.amount.value;
  return total;
}

struct Leg {
  Transfer transfer;
  std::uint32_t debit = 0;  // the posting that pays
};

// In each ledger the first debit that has something left pays the first credit that has.
std::vector<Leg> legs(const Transaction& recorded) {
  std::set<LedgerId> ledgers;
  for (const Posting& posting : recorded.postings) ledgers.insert(posting.ledger);
  std::vector<Posting> left = recorded.postings;
  std::vector<Leg> out;
  for (const LedgerId ledger : ledgers) {
    const auto first = [&](PostingSide side) {
      return std::find_if(left.begin(), left.end(), [&](const Posting& p) {
        return p.ledger == ledger && p.side == side && p.amount.value != 0;
      });
    };
    for (auto debit = first(PostingSide::debit); debit != left.end(); debit = first(PostingSide::debit)) {
      const auto credit = first(PostingSide::credit);
      Transfer leg;
      leg.id.value = (u128{1} << 127) + recorded.id.value % (u128{1} << 117) * 1024 + out.size();
      leg.debit_account_id = debit->account;
      leg.credit_account_id = credit->account;
      leg.amount = std::min(debit->amount, credit->amount);
      leg.user_data_128 = recorded.user_data_128;
      leg.user_data_64 = recorded.user_data_64;
      leg.user_data_32 = recorded.user_data_32;
      leg.ledger = ledger;
      leg.code = recorded.code;
      leg.flags = imported(recorded) ? transfer_flags::imported : std::uint16_t{0};
      leg.timestamp.value = recorded.timestamp.value + 1 + out.size();
      debit->amount.value -= leg.amount.value;
      credit->amount.value -= leg.amount.value;
      out.push_back({leg, static_cast<std::uint32_t>(debit - left.begin())});
    }
  }
  return out;
}

}  // namespace

const Transaction* Model::find_transaction(TransactionId id) const {
  for (const Transaction& transaction : transactions_)
    if (transaction.id == id) return &transaction;
  return nullptr;
}

// What reversals took, they took from the first postings of an account that had something left.
std::vector<Posting> Model::left_of(const Transaction& original) const {
  std::vector<Posting> left = original.postings;
  for (const Transaction& reversal : transactions_) {
    if (reversal.reversal_of != original.id) continue;
    for (Posting taken : reversal.postings)
      for (Posting& line : left) {
        if (line.account != taken.account || line.side == taken.side) continue;
        const u128 part = std::min(line.amount, taken.amount).value;
        line.amount.value -= part;
        taken.amount.value -= part;
      }
  }
  return left;
}

// A reversal that names none has its original's.
std::uint16_t Model::code_of(const Transaction& sent) const {
  const Transaction* original = reverses(sent) ? find_transaction(sent.reversal_of) : nullptr;
  return sent.code == 0 && original != nullptr ? original->code : sent.code;
}

std::string Model::compare(const Transaction& sent, const Transaction& old) const {
  if (sent.flags != old.flags) return "exists_with_different_flags";
  if (sent.reversal_of != old.reversal_of) return "exists_with_different_reversal_of";
  std::vector<Posting> postings = old.postings;
  for (Posting& posting : postings) posting.ledger = {};
  if (!whole(sent) && sent.postings != postings) return "exists_with_different_postings";
  if (sent.user_data_128 != old.user_data_128) return "exists_with_different_user_data_128";
  if (sent.user_data_64 != old.user_data_64) return "exists_with_different_user_data_64";
  if (sent.user_data_32 != old.user_data_32) return "exists_with_different_user_data_32";
  if (code_of(sent) != old.code) return "exists_with_different_code";
  if (sent.metadata != old.metadata) return "exists_with_different_metadata";
  return "exists";
}

// What it says of itself, and of the transaction that it reverses.
std::string Model::judge(const Transaction& sent, std::uint64_t now) const {
  const std::uint64_t timestamp = sent.timestamp.value;
  if (!imported(sent) && timestamp != 0) return "timestamp_must_be_zero";
  if (imported(sent) && (timestamp == 0 || timestamp > end_of_time))
    return "imported_event_timestamp_out_of_range";
  if (imported(sent) && timestamp + legs_most > now) return "imported_event_timestamp_must_not_advance";
  if (sent.id.value == 0) return "id_must_not_be_zero";
  if (sent.id.value == u128_max) return "id_must_not_be_int_max";
  if (burnt_transactions_.contains(sent.id.value)) return "id_already_failed";
  if (const Transaction* old = find_transaction(sent.id)) return compare(sent, *old);
  if (!reverses(sent)) return sent.code == 0 ? "code_must_not_be_zero" : "";
  const Transaction* original = find_transaction(sent.reversal_of);
  if (original == nullptr) return "reversed_transaction_not_found";
  if (original->reversal_of.value != 0) return "reversed_transaction_is_reversal";
  if (whole(sent) && in_full(sent).postings.empty()) return "nothing_left_to_reverse";
  return "";
}

// With what it leaves unsaid: the postings and the code of a reversal, the ledgers of accounts that exist.
Transaction Model::in_full(const Transaction& sent) const {
  Transaction meant = sent;
  meant.code = code_of(sent);
  if (whole(sent)) {
    meant.postings.clear();
    for (Posting line : left_of(*find_transaction(sent.reversal_of))) {
      if (line.amount.value == 0) continue;
      line.side = line.side == PostingSide::debit ? PostingSide::credit : PostingSide::debit;
      meant.postings.push_back(line);
    }
  }
  for (Posting& posting : meant.postings) {
    const auto found = accounts_.find(posting.account.value);
    if (found != accounts_.end()) posting.ledger = found->second.ledger;
  }
  return meant;
}

Model::Verdict Model::against_postings(const Transaction& meant) const {
  const std::vector<Posting>& postings = meant.postings;
  for (std::uint32_t i = 0; i < postings.size(); ++i)
    if (postings[i].account.value == 0) return {"account_id_must_not_be_zero", i};
  for (std::uint32_t i = 0; i < postings.size(); ++i)
    if (postings[i].account.value == u128_max) return {"account_id_must_not_be_int_max", i};
  for (std::uint32_t i = 0; i < postings.size(); ++i)
    if (postings[i].amount.value == 0) return {"amount_must_not_be_zero", i};
  for (std::uint32_t i = 0; i < postings.size(); ++i)
    for (std::uint32_t j = 0; j < i; ++j)
      if (postings[i].account == postings[j].account && postings[i].side != postings[j].side)
        return {"account_on_both_sides", i};
  for (std::uint32_t i = 0; i < postings.size(); ++i)
    if (!accounts_.contains(postings[i].account.value)) return {"account_not_found", i};
  for (std::uint32_t i = 0; i < postings.size(); ++i)
    if (!up_to(postings, i, same_side_of_ledger)) return {"overflows_sum", i};
  if (postings.empty()) return {"postings_not_balanced"};
  for (std::uint32_t i = 0; i < postings.size(); ++i)
    if (sum(postings, postings[i].ledger, PostingSide::debit) !=
        sum(postings, postings[i].ledger, PostingSide::credit))
      return {"postings_not_balanced", i};
  return {};
}

Model::Verdict Model::against_rest(const Transaction& meant) const {
  const Transaction* original = find_transaction(meant.reversal_of);
  if (original == nullptr) return {};
  const bool forgets = fault_ == Fault::reversals_are_forgotten;
  const std::vector<Posting> left = forgets ? original->postings : left_of(*original);
  for (std::uint32_t i = 0; i < meant.postings.size(); ++i) {
    u128 rest = 0;
    for (const Posting& line : left)
      if (line.account == meant.postings[i].account && line.side != meant.postings[i].side)
        rest += line.amount.value;
    if (*up_to(meant.postings, i, same_side_of_account) > rest) return {"exceeds_reversed_transaction", i};
  }
  return {};
}

// The transfers that were there before it, and the accounts.
Model::Verdict Model::against_what_is_there(const Transaction& meant) const {
  const std::vector<Leg> posting = legs(meant);
  if (imported(meant))
    if (Verdict verdict = against_time(meant, posting.size()); !verdict.status.empty()) return verdict;
  for (const Leg& leg : posting)
    if (burnt_.contains(leg.transfer.id.value) || find(leg.transfer.id.value) != nullptr)
      return {"transfer_id_taken", leg.debit};
  return against_accounts(meant);
}

// An imported one against what was there before it.
Model::Verdict Model::against_time(const Transaction& meant, std::size_t legs) const {
  const std::uint64_t first = meant.timestamp.value;
  for (const Entry& old : transfers_)
    if (old.transfer.timestamp.value >= first) return {"imported_event_timestamp_must_not_regress"};
  for (const auto& [id, old] : accounts_)
    if (old.timestamp.value >= first && old.timestamp.value <= first + legs)
      return {"imported_event_timestamp_must_not_regress"};
  for (std::uint32_t i = 0; i < meant.postings.size(); ++i)
    if (accounts_.at(meant.postings[i].account.value).timestamp.value >= first)
      return {"imported_event_timestamp_must_postdate_account", i};
  return {};
}

Model::Verdict Model::against_accounts(const Transaction& meant) const {
  std::vector<Account> named;
  named.reserve(meant.postings.size());
  for (const Posting& posting : meant.postings) named.push_back(*account(posting.account.value));
  const auto exceeds = [&](std::size_t i, u128 room) {
    return *up_to(meant.postings, i, same_side_of_account) > room;
  };
  for (std::uint32_t i = 0; i < named.size(); ++i)
    if ((named[i].flags & account_flags::closed) != 0) return {"account_already_closed", i};
  for (std::uint32_t i = 0; i < named.size(); ++i) {
    const Balances& b = named[i].balances;
    const u128 used = meant.postings[i].side == PostingSide::debit
                          ? b.debits_pending.value + b.debits_posted.value
                          : b.credits_pending.value + b.credits_posted.value;
    if (exceeds(i, u128_max - used)) return {"overflows_balance", i};
  }
  for (const PostingSide side : {PostingSide::debit, PostingSide::credit})
    for (std::uint32_t i = 0; i < named.size(); ++i)
      if (meant.postings[i].side == side && exceeds(i, room(named[i], side)))
        return {side == PostingSide::debit ? "exceeds_credits" : "exceeds_debits", i};
  return {};
}

Model::Said Model::create(const Transaction& sent, std::uint64_t& clock) {
  const std::uint64_t now = clock++;
  Answer answer{judge(sent, now), now, now};
  if (answer.status == "exists") answer.timestamp = find_transaction(sent.id)->timestamp.value;
  if (!answer.status.empty()) return {answer};

  Transaction meant = in_full(sent);
  if (!imported(sent)) meant.timestamp.value = now;
  Verdict verdict = against_postings(meant);
  if (verdict.status.empty()) verdict = against_rest(meant);
  if (verdict.status.empty()) verdict = against_what_is_there(meant);
  if (!verdict.status.empty()) {
    const AccountId account = meant.postings.empty() ? AccountId{} : meant.postings[verdict.posting].account;
    return {{verdict.status, now, now, {}, verdict.posting, available(verdict.status, account, account)}};
  }
  Said said{{"created", now, meant.timestamp.value}};
  post(meant, clock, said);
  return said;
}

void Model::post(const Transaction& recorded, std::uint64_t& clock, Said& said) {
  transactions_.push_back(recorded);
  if (!recorded.metadata.empty())
    metadata_[{TargetKind::transaction, recorded.id.value}] = {recorded.metadata.begin(),
                                                               recorded.metadata.end()};
  for (const auto& [leg, debit] : legs(recorded)) {
    transfers_.push_back({leg, Phase::single});
    said.push_back({"created", clock++, leg.timestamp.value, after(leg)});
    ++said.front().legs;
  }
}

void Model::burn(const Transaction& sent, const std::string& status) {
  static const std::set<std::string> burning{"reversed_transaction_not_found", "account_not_found",
                                             "account_already_closed", "exceeds_credits", "exceeds_debits"};
  if (burning.contains(status) && fault_ != Fault::ids_never_burn) burnt_transactions_.insert(sent.id.value);
}

}  // namespace florin::property
