#include "tests/property/commands.hpp"

namespace florin::property {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

}  // namespace

Commands::Commands(std::uint64_t seed, std::uint64_t start)
    : random_(seed), import_mark_(start - 1000 * second), migrates_(one_in(3)) {}

std::uint64_t Commands::pause_ns() {
  if (one_in(4)) return below(3);
  return below(second);
}

u128 Commands::amount() {
  if (one_in(25)) return u128_max - below(400);
  if (one_in(40)) return u128_max / 2 + below(3);
  if (one_in(10)) return 0;
  return 1 + below(40);
}

// Mostly a little later than the last one or a little before now; at times a step back, a step ahead, or out
// of range.
std::uint64_t Commands::import_time(std::uint64_t now) {
  if (one_in(12)) return now - 3 + below(8);
  if (!migrates_ || asked_ > 12) return now - 1 - below(1000);
  if (one_in(30)) return one_in(2) ? 0 : ~std::uint64_t{0} >> below(2);
  if (one_in(6)) return import_mark_ - below(4);
  return import_mark_ += below(3);
}

std::vector<Account> Commands::founding_accounts() {
  std::vector<Account> accounts;
  for (u128 id = 1; id <= 6; ++id) {
    accounts.push_back(good_account());
    accounts.back().id.value = id;
    if (!migrates_) continue;
    accounts.back().flags |= account_flags::imported;
    accounts.back().timestamp.value = ++import_mark_;
  }
  return accounts;
}

Account Commands::good_account() {
  Account account;
  account.id.value = 1 + below(9);
  account.ledger.value = one_in(8) ? 2 : 1;
  account.code = static_cast<std::uint16_t>(1 + below(2));
  if (one_in(4)) account.flags |= account_flags::debits_must_not_exceed_credits;
  else if (one_in(5)) account.flags |= account_flags::credits_must_not_exceed_debits;
  if (one_in(4)) account.flags |= account_flags::history;
  if (one_in(30)) account.flags |= account_flags::closed;
  if (one_in(3)) account.user_data_64 = below(2);
  return account;
}

Account Commands::account() {
  Account account = good_account();
  if (one_in(12)) account.flags |= 6;  // both limits
  if (one_in(4)) spoil(account);
  return account;
}

void Commands::spoil(Account& account) {
  switch (below(11)) {
    case 0: account.id.value = one_in(2) ? 0 : u128_max; break;
    case 1: account.ledger.value = static_cast<std::uint32_t>(below(4)); break;
    case 2: account.code = 0; break;
    case 3: account.flags |= static_cast<std::uint16_t>(1 << (6 + below(10))); break;
    case 4: account.reserved = 1; break;
    case 5: account.balances.debits_pending.value = 1; break;
    case 6: account.balances.debits_posted.value = 1; break;
    case 7: account.balances.credits_pending.value = 1; break;
    case 8: account.balances.credits_posted.value = 1; break;
    case 9: account.timestamp.value = 1; break;
    default:
      account.user_data_128 = below(2), account.user_data_32 = static_cast<std::uint32_t>(below(2));
      break;
  }
}

Transfer Commands::plain() {
  Transfer transfer;
  transfer.debit_account_id.value = 1 + below(one_in(10) ? 9 : 6);
  transfer.credit_account_id.value = 1 + below(one_in(10) ? 9 : 6);
  transfer.amount.value = amount();
  transfer.ledger.value = one_in(12) ? 2 : 1;
  transfer.code = 1;
  transfer.user_data_32 = static_cast<std::uint32_t>(below(2));
  if (one_in(2)) transfer.flags |= transfer_flags::pending;
  if (transfer.flags != 0 && one_in(2))
    transfer.timeout = one_in(10) ? ~std::uint32_t{0} : 1 + static_cast<std::uint32_t>(below(3));
  if (transfer.flags != 0 && one_in(12)) transfer.flags |= transfer_flags::closing_debit;
  if (transfer.flags != 0 && one_in(12)) transfer.flags |= transfer_flags::closing_credit;
  if (one_in(8)) transfer.flags |= transfer_flags::balancing_debit;
  if (one_in(8)) transfer.flags |= transfer_flags::balancing_credit;
  return transfer;
}

Transfer Commands::settling() {
  Transfer transfer;
  transfer.pending_id.value = 1 + below(next_id_);
  // A hold that was sent is more likely to be there.
  for (int tries = 0; tries < 8 && !sent_transfers_.empty(); ++tries) {
    const Transfer& sent = sent_transfers_[below(sent_transfers_.size())];
    if ((sent.flags & transfer_flags::pending) == 0) continue;
    transfer.pending_id.value = sent.id.value;
    if (one_in(4)) transfer.debit_account_id = sent.debit_account_id;
    if (one_in(4)) transfer.ledger = sent.ledger;
    break;
  }
  transfer.flags = one_in(2) ? transfer_flags::post_pending_transfer : transfer_flags::void_pending_transfer;
  const bool posts = transfer.flags == transfer_flags::post_pending_transfer;
  transfer.amount.value = one_in(3) ? amount() : (posts ? u128_max : 0);
  if (one_in(4)) transfer.user_data_32 = 1;
  return transfer;
}

Transfer Commands::transfer() {
  Transfer transfer = one_in(3) ? settling() : plain();
  transfer.id.value = one_in(10) ? 1 + below(next_id_) : ++next_id_;
  if (one_in(8)) spoil(transfer);
  return transfer;
}

void Commands::spoil(Transfer& transfer) {
  switch (below(13)) {
    case 0: transfer.id.value = one_in(2) ? 0 : u128_max; break;
    case 1: transfer.debit_account_id.value = one_in(2) ? 0 : u128_max; break;
    case 2: transfer.credit_account_id.value = one_in(2) ? 0 : u128_max; break;
    case 3: transfer.credit_account_id = transfer.debit_account_id; break;
    case 4: transfer.pending_id.value = one_in(2) ? below(3) : u128_max; break;
    case 5: transfer.timeout = 1; break;
    case 6: transfer.ledger.value = static_cast<std::uint32_t>(below(4)); break;
    case 7: transfer.code = static_cast<std::uint16_t>(below(3)); break;
    case 8: transfer.flags |= static_cast<std::uint16_t>(1 << (9 + below(7))); break;
    case 9: transfer.flags ^= static_cast<std::uint16_t>(1 << below(8)); break;
    case 10: transfer.timestamp.value = 1; break;
    case 11: transfer.debit_account_id.value = 11; break;
    default: transfer.user_data_128 = below(2), transfer.user_data_64 = below(2); break;
  }
}

template <class Item>
std::vector<Item> Commands::batch(Item (Commands::*make)(), std::vector<Item>& sent, std::uint16_t linked,
                                  std::uint16_t imported, std::uint64_t now) {
  const bool import = migrates_ && asked_ <= 12 ? !one_in(12) : one_in(8);
  std::vector<Item> items(1 + below(5));
  for (Item& item : items) {
    item = (this->*make)();
    if (!sent.empty() && one_in(7)) {  // the same again, as it was or nearly
      item = sent[below(sent.size())];
      if (one_in(3)) spoil(item);
    }
    if (one_in(8)) item.flags |= linked;
    if (import != one_in(25)) {
      item.flags |= imported;
      if (!one_in(20)) item.timestamp.value = import_time(now);
    }
    sent.push_back(item);
  }
  if (!one_in(6)) items.back().flags &= static_cast<std::uint16_t>(~linked);
  return items;
}

std::vector<Account> Commands::accounts(std::uint64_t now) {
  return batch(&Commands::account, sent_accounts_, account_flags::linked, account_flags::imported, now);
}

std::vector<Transfer> Commands::transfers(std::uint64_t now) {
  return batch(&Commands::transfer, sent_transfers_, transfer_flags::linked, transfer_flags::imported, now);
}

}  // namespace florin::property
