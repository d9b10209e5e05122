// Random bulks: items of any kind, and what only they can hold.
#include <algorithm>

#include "tests/property/generator.hpp"

namespace florin::property {

Bulk Commands::bulk(const Step& step) {
  Bulk bulk{one_in(3), {}};
  likely_ = !bulk.atomic && !step.dry_run && step.book == BookId{1};
  const auto add = [&](const auto& batch) {
    bulk.items.insert(bulk.items.end(), batch.begin(), batch.end());
  };
  for (std::uint64_t parts = 1 + below(3); parts > 0; --parts) {
    switch (below(12)) {
      case 0: add(accounts(2)); break;
      case 1:
      case 2: add(transfers(3)); break;
      case 3:
      case 4: bulk.items.emplace_back(set_metadata()); break;
      case 5: bulk.items.emplace_back(set_limits()); break;
      default: bulk.items.emplace_back(transaction()); break;
    }
  }
  return bulk;
}

AccountId Commands::any_account() { return {1 + below(one_in(20) ? 9 : 6)}; }

std::uint32_t Commands::founding_ledger(AccountId id) const {
  for (const Account& founder : founders_)
    if (founder.id == id) return founder.ledger.value;
  return 0;
}

// Mostly one of the last that were sent.
TransactionId Commands::any_transaction() {
  if (sent_transactions_.empty() || one_in(8)) return {1 + below(next_transaction_)};
  const std::size_t back = below(std::min<std::size_t>(sent_transactions_.size(), one_in(4) ? 40 : 5));
  return sent_transactions_[sent_transactions_.size() - 1 - back].id;
}

TransferId Commands::leg_of_any() {
  const TransactionId transaction = any_transaction();
  return leg_id(transaction, static_cast<std::uint32_t>(below(2)));
}

Transaction Commands::transaction() {
  Transaction transaction = one_in(3) && !originals_.empty() ? reversal() : posting_transaction();
  transaction.id = one_in(20) ? any_transaction() : TransactionId{++next_transaction_};
  transaction.user_data_32 = static_cast<std::uint32_t>(below(2));
  if (one_in(4)) transaction.metadata = metadata();
  bool likely = likely_;
  if (!sent_transactions_.empty() && one_in(5)) {  // the same again, as it was or nearly
    transaction = sent_transactions_[below(sent_transactions_.size())];
    likely = false;
    if (one_in(2)) spoil(transaction);
  } else if (one_in(8)) {
    likely = false;
    spoil(transaction);
  }
  if (imports() && (migrates_ || one_in(5))) {
    transaction.flags |= transaction_flags::imported;
    transaction.timestamp.value = import_time();
    if (!one_in(10)) transaction.timestamp.value -= postings_max;
    import_mark_ += below(legs_most);
    if (one_in(30)) transaction.timestamp.value = now_ - postings_max + below(4);
  }
  sent_transactions_.push_back(transaction);
  if (likely && transaction.reversal_of.value == 0) originals_.push_back(transaction);
  return transaction;
}

// One to three pairs of a debit and a credit, some of them in two parts.
Transaction Commands::posting_transaction() {
  Transaction transaction;
  transaction.code = 30;
  const std::uint64_t payers = below(2);
  for (std::uint64_t pairs = 1 + below(3); pairs > 0; --pairs) add_pair(transaction.postings, payers);
  if (one_in(4)) std::reverse(transaction.postings.begin(), transaction.postings.end());
  return transaction;
}

// Accounts with an odd id pay, or those with an even one: so mostly none is on both sides. Mostly all are of
// one ledger.
void Commands::add_pair(std::vector<Posting>& postings, std::uint64_t payers) {
  const std::uint32_t ledger = one_in(6) ? founding_ledger(any_account()) : 1;
  const auto account = [&](std::uint64_t parity) {
    AccountId id = any_account();
    if (one_in(30)) return id;
    for (int tries = 0; tries < 20 && (founding_ledger(id) != ledger || id.value % 2 != parity); ++tries)
      id = any_account();
    return id;
  };
  const u128 sum = one_in(12) ? amount() : 1 + below(40);
  const u128 part =
      sum > 1 && one_in(3) ? 1 + below(static_cast<std::uint64_t>(std::min<u128>(sum - 1, 40))) : 0;
  const bool splits_debit = one_in(2);
  const auto add = [&](PostingSide side, std::uint64_t parity, bool splits) {
    const u128 first = splits ? part : 0;
    if (first != 0) postings.push_back({account(parity), side, {first}, {}});
    postings.push_back({account(parity), side, {sum - first}, {}});
  };
  add(PostingSide::debit, payers, splits_debit);
  add(PostingSide::credit, 1 - payers, !splits_debit);
}

// Mostly of one of a few, so that they are reversed again and again.
Transaction Commands::reversal() {
  Transaction reversal;
  reversal.reversal_of = any_transaction();
  if (one_in(4)) reversal.code = 30;
  reversal.flags = transaction_flags::whole;
  if (one_in(6)) return reversal;
  const std::size_t few = std::min<std::size_t>(originals_.size(), 3);
  const Transaction& original = originals_[originals_.size() - 1 - below(few)];
  reversal.reversal_of = original.id;
  if (original.postings.empty() || one_in(4)) return reversal;
  reversal.flags = 0;
  reversal.postings = part_of(original.postings);
  return reversal;
}

// All of it, or a part of its first debit and its first credit; at times a little more than that.
std::vector<Posting> Commands::part_of(const std::vector<Posting>& original) {
  std::vector<Posting> postings;
  const bool all = one_in(3);
  std::set<PostingSide> taken;
  for (Posting posting : original) {
    if (!all && !taken.insert(posting.side).second) continue;
    posting.side = posting.side == PostingSide::debit ? PostingSide::credit : PostingSide::debit;
    postings.push_back(posting);
  }
  if (all) return postings;
  u128 most = u128_max;
  for (const Posting& posting : postings) most = std::min(most, posting.amount.value);
  const u128 part = 1 + below(static_cast<std::uint64_t>(std::min<u128>(most, 60)) + 1);
  for (Posting& posting : postings) posting.amount.value = part;
  return postings;
}

void Commands::spoil(Transaction& transaction) {
  switch (below(16)) {
    case 0: transaction.id.value = one_in(2) ? 0 : u128_max; break;
    case 1: transaction.id.value ^= u128{1} << 117; break;  // its transfers have another's ids
    case 2: transaction.reversal_of = any_transaction(); break;
    case 3: transaction.user_data_128 = below(2); break;
    case 4: transaction.user_data_64 = below(2); break;
    case 5: transaction.user_data_32 = static_cast<std::uint32_t>(below(3)); break;
    case 6: transaction.code = static_cast<std::uint16_t>(one_in(2) ? 0 : 31); break;
    case 7: transaction.timestamp.value = below(3); break;
    case 8: transaction.metadata = metadata(); break;
    case 9: transaction.flags ^= transaction_flags::imported; break;
    case 10: transaction.reversal_of.value = one_in(2) ? 0 : 999; break;
    case 11:  // one that names no postings
      transaction.flags |= transaction_flags::whole;
      transaction.postings.clear();
      break;
    default: spoil(transaction.postings); break;
  }
}

void Commands::spoil(std::vector<Posting>& postings) {
  if (postings.empty()) return;
  Posting& posting = postings[below(postings.size())];
  switch (below(9)) {
    case 0: posting.account.value = one_in(2) ? 0 : u128_max; break;
    case 1: posting.account = one_in(2) ? any_account() : AccountId{11}; break;
    case 2: posting.amount.value = one_in(2) ? 0 : amount(); break;
    case 3: posting.amount.value += 1; break;
    case 4: posting.side = static_cast<PostingSide>(below(2)); break;
    case 5: postings.pop_back(); break;
    case 6: std::reverse(postings.begin(), postings.end()); break;
    case 7:
      for (Posting& each : postings) each.amount.value = u128_max / 2 + below(3);
      break;
    default:
      for (Posting& each : postings) each.amount.value += 1;
      break;
  }
}

// A few keys of which most targets have some; at times so many or so long ones that two such are too much.
Metadata Commands::metadata() {
  Metadata out;
  if (one_in(5)) {
    const char range = one_in(2) ? 'x' : 'y';
    for (char c = 'a'; c < 'a' + 20; ++c) out.emplace_back(std::string{range, c}, "");
    return out;
  }
  const std::size_t length = one_in(4) ? 2100 : below(3);
  for (char c = 'a'; c < 'e'; ++c)
    if (one_in(4)) out.emplace_back(std::string{c}, std::string(out.empty() ? length : 1, 'v'));
  return out;
}

SetMetadata Commands::set_metadata() {
  SetMetadata out;
  switch (below(3)) {
    case 0: out.target = {TargetKind::account, 1 + below(2)}; break;
    case 1:
      out.target = {TargetKind::transfer, one_in(4) ? leg_of_any().value : u128{1} + below(next_id_)};
      break;
    default: out.target = {TargetKind::transaction, any_transaction().value}; break;
  }
  const bool erases = one_in(2);
  for (auto& [key, value] : metadata())
    out.changes.emplace_back(key, erases && one_in(2) ? std::nullopt : std::optional(value));
  return out;
}

std::optional<Amount> Commands::limit() {
  if (one_in(3)) return std::nullopt;
  if (one_in(8)) return Amount{u128_max - below(3)};
  return Amount{one_in(6) ? 0 : below(200)};
}

SetLimits Commands::set_limits() {
  const auto debit = limit();
  return {any_account(), {debit, limit()}};
}

}  // namespace florin::property
