#include "bench/workload.hpp"

namespace florin::bench {
namespace {

constexpr std::uint32_t pending_percent = 30, timeout_s_max = 5, chain_length = 10;
constexpr std::uint64_t amount_highest = 10'000;

}  // namespace

u128 Workload::next_id(std::uint32_t caller, const Clock& clock) {
  const u128 ms = clock.now().value / 1'000'000;
  return (ms << 80) | (u128{caller} << 64) | ++serial_;
}

Transfer Workload::transfer(std::mt19937_64& random, u128 id) const {
  Transfer transfer;
  transfer.id = {id};
  transfer.debit_account_id = {hot ? 1 : random() % accounts + 1};
  do transfer.credit_account_id = {random() % accounts + 1};
  while (transfer.credit_account_id == transfer.debit_account_id);
  transfer.amount = {random() % amount_highest + 1};
  transfer.user_data_64 = random();
  transfer.ledger = {1};
  transfer.code = 1;
  if (mix == Mix::expiring && random() % 100 < pending_percent) {
    transfer.flags = transfer_flags::pending;
    transfer.timeout = static_cast<std::uint32_t>(random() % timeout_s_max + 1);
  }
  return transfer;
}

// One account pays all others.
Transaction Workload::transaction(std::mt19937_64& random, u128 id, std::uint32_t postings) const {
  Transaction transaction;
  transaction.id = {id};
  transaction.code = 1;
  transaction.user_data_64 = random();
  const std::uint64_t payer = random() % accounts;
  transaction.postings.push_back({{payer + 1}, PostingSide::debit, {}, {}});
  for (std::uint32_t i = 1; i < postings; ++i) {
    const std::uint64_t payee = (payer + 1 + random() % (accounts - 1)) % accounts;
    const Amount amount{random() % amount_highest + 1};
    transaction.postings.push_back({{payee + 1}, PostingSide::credit, amount, {}});
    transaction.postings.front().amount.value += amount.value;
  }
  return transaction;
}

CommandBody Workload::call(std::mt19937_64& random, std::uint32_t caller, std::uint32_t items,
                           const Clock& clock) {
  if (mix == Mix::transactions4 || mix == Mix::transactions100) {
    Bulk body;
    for (std::uint32_t i = 0; i < items; ++i)
      body.items.emplace_back(
          transaction(random, next_id(caller, clock), mix == Mix::transactions4 ? 4 : 100));
    return body;
  }
  CreateTransfers body;
  body.transfers.reserve(items);
  for (std::uint32_t i = 0; i < items; ++i) {
    body.transfers.push_back(transfer(random, next_id(caller, clock)));
    const bool last = i % chain_length == chain_length - 1 || i + 1 == items;
    if (mix == Mix::chains && !last) body.transfers.back().flags |= transfer_flags::linked;
  }
  return body;
}

}  // namespace florin::bench
