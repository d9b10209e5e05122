#include "engine/ledger/legs.hpp"

#include <map>

#include "engine/base/hash.hpp"
#include "schemas/transactions_codec.hpp"

namespace florin::ledger {
namespace {

// Walks over the postings of one side of one ledger, part by part.
class Walk {
 public:
  void add(std::uint32_t posting, Amount amount) { parts_.emplace_back(posting, amount); }
  bool done() const { return at_ == parts_.size(); }
  std::uint32_t posting() const { return parts_[at_].first; }
  Amount left() const { return parts_[at_].second; }
  void take(Amount amount) {
    parts_[at_].second.value -= amount.value;
    if (left() == Amount{}) ++at_;
  }

 private:
  std::vector<std::pair<std::uint32_t, Amount>> parts_;
  std::size_t at_ = 0;
};

struct Sides {
  Walk debits, credits;
};

Transfer transfer_of(const Transaction& transaction, std::uint32_t index, LedgerId ledger, Amount amount) {
  Transfer transfer;
  transfer.id = leg_id(transaction.id, index);
  transfer.amount = amount;
  transfer.user_data_128 = transaction.user_data_128;
  transfer.user_data_64 = transaction.user_data_64;
  transfer.user_data_32 = transaction.user_data_32;
  transfer.ledger = ledger;
  transfer.code = transaction.code;
  if ((transaction.flags & transaction_flags::imported) != 0) {
    transfer.flags = transfer_flags::imported;
    transfer.timestamp = {transaction.timestamp.value + 1 + index};
  }
  return transfer;
}

}  // namespace

std::vector<Leg> legs_of(const Transaction& transaction) {
  std::map<LedgerId, Sides> ledgers;
  const auto& postings = transaction.postings;
  for (std::uint32_t i = 0; i < postings.size(); ++i) {
    Sides& sides = ledgers[postings[i].ledger];
    (postings[i].side == PostingSide::debit ? sides.debits : sides.credits).add(i, postings[i].amount);
  }
  std::vector<Leg> legs;
  for (auto& [ledger, sides] : ledgers) {
    auto& [debits, credits] = sides;
    while (!debits.done() && !credits.done()) {
      const Amount amount = min(debits.left(), credits.left());
      Leg leg{transfer_of(transaction, static_cast<std::uint32_t>(legs.size()), ledger, amount),
              debits.posting(), credits.posting()};
      leg.transfer.debit_account_id = postings[leg.debit_posting].account;
      leg.transfer.credit_account_id = postings[leg.credit_posting].account;
      legs.push_back(leg);
      debits.take(amount);
      credits.take(amount);
    }
    FLORIN_ASSERT(debits.done() && credits.done());
  }
  return legs;
}

std::vector<Posting> left_to_reverse(const TransactionRow& original) {
  std::vector<Posting> postings;
  for (const auto& [line, reversed] : original.lines)
    if (reversed < line.amount)
      postings.push_back({line.account, other(line.side), {line.amount.value - reversed.value}, line.ledger});
  return postings;
}

TransactionRow row_of(const Transaction& transaction) {
  TransactionRow row;
  row.reversal_of = transaction.reversal_of;
  row.user_data_128 = transaction.user_data_128;
  row.user_data_64 = transaction.user_data_64;
  row.user_data_32 = transaction.user_data_32;
  row.code = transaction.code;
  row.flags = transaction.flags;
  row.timestamp = transaction.timestamp;
  row.metadata_hash = hash_of(transaction.metadata);
  for (const Posting& posting : transaction.postings) row.lines.push_back({posting, {}});
  return row;
}

Hash256 hash_of(const Metadata& metadata) {
  if (metadata.empty()) return {};
  Bytes bytes;
  Writer out(bytes);
  write_metadata(out, metadata);
  return blake2b(bytes);
}

}  // namespace florin::ledger
