#include "tests/property/generator.hpp"

namespace florin::property {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t migration_steps = 12;  // the first commands of a life may be imports

}  // namespace

// Also to the very nanosecond of a hold's end, and to those beside it.
void Commands::pass_time() {
  const std::uint64_t end = due_.empty() ? 0 : due_[below(due_.size())] - 3 + below(5);
  if (end > now_ && one_in(4)) now_ = end;
  else now_ += one_in(3) ? below(3) : below(second);
}

u128 Commands::amount() {
  if (one_in(25)) return u128_max - below(400);
  if (one_in(40)) return u128_max / 2 + below(3);
  if (one_in(10)) return 0;
  return 1 + below(40);
}

// Mostly a little later than the last one or a little before now; at times a step back, a step ahead, or out
// of range.
std::uint64_t Commands::import_time() {
  if (one_in(12)) return now_ - 3 + below(8);
  if (!migrates_ || asked_ > migration_steps) return now_ - 1 - below(1000);
  if (one_in(30)) return one_in(2) ? 0 : ~std::uint64_t{0} >> below(2);
  if (one_in(6)) return import_mark_ - below(4);
  return import_mark_ += below(3);
}

Step Commands::founding(BookId book) {
  std::vector<Account> accounts;
  for (u128 id = 1; id <= 6; ++id) {
    accounts.push_back(good_account());
    accounts.back().id.value = id;
    if (!migrates_) continue;
    accounts.back().flags |= account_flags::imported;
    accounts.back().timestamp.value = ++import_mark_;
  }
  if (founders_.empty()) founders_ = accounts;
  return finish({now_, 0, book, false, accounts});
}

// Remembers when holds end, and moves on to where engine time is at most.
Step Commands::finish(Step step) {
  now_ = step.stamp + step.releases_max;
  const auto take = [&](const auto& item) {
    ++now_;
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(item)>, Transfer>) {
      if (item.timeout != 0 && item.timeout < 100)
        due_.push_back(now_ - step.releases_max + item.timeout * second);
    } else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(item)>, Transaction>) {
      now_ += legs_most;
    }
  };
  if (const auto* transfers = std::get_if<std::vector<Transfer>>(&step.items))
    for (const Transfer& transfer : *transfers) take(transfer);
  else if (const auto* accounts = std::get_if<std::vector<Account>>(&step.items)) now_ += accounts->size();
  else
    for (const BulkItem& item : std::get<Bulk>(step.items).items) std::visit(take, item);
  return step;
}

Account Commands::good_account() {
  Account account;
  account.id.value = 1 + below(9);
  account.ledger.value = one_in(8) ? 2 : 1;
  account.code = one_in(2) ? 10 : 11;
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
  switch (below(12)) {
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
    case 10: account.user_data_128 = below(2); break;
    default: account.user_data_32 = static_cast<std::uint32_t>(below(2)); break;
  }
}

Transfer Commands::plain() {
  Transfer transfer;
  transfer.debit_account_id.value = 1 + below(one_in(10) ? 9 : 6);
  transfer.credit_account_id.value = 1 + below(one_in(10) ? 9 : 6);
  transfer.amount.value = amount();
  transfer.ledger.value = one_in(12) ? 2 : 1;
  transfer.code = 20;
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
  if (one_in(60)) transfer.id = leg_of_any();
  if (one_in(8)) spoil(transfer);
  return transfer;
}

void Commands::spoil(Transfer& transfer) {
  switch (below(16)) {
    case 0: transfer.id.value = one_in(2) ? 0 : u128_max; break;
    case 1: transfer.debit_account_id.value = one_in(2) ? 0 : u128_max; break;
    case 2: transfer.credit_account_id.value = one_in(2) ? 0 : u128_max; break;
    case 3: transfer.credit_account_id = transfer.debit_account_id; break;
    case 4: transfer.pending_id.value = one_in(2) ? below(3) : u128_max; break;
    case 5: transfer.timeout = 1; break;
    case 6: transfer.ledger.value = static_cast<std::uint32_t>(below(4)); break;
    case 7: transfer.code = static_cast<std::uint16_t>(one_in(2) ? 0 : 21); break;
    case 8: transfer.flags |= static_cast<std::uint16_t>(1 << (9 + below(7))); break;
    case 9: transfer.flags ^= static_cast<std::uint16_t>(1 << below(8)); break;
    case 10: transfer.timestamp.value = 1; break;
    case 11: transfer.debit_account_id.value = 11; break;
    case 12: transfer.user_data_128 = below(2); break;
    case 13: transfer.user_data_64 = below(2); break;
    case 14: transfer.pending_id = leg_of_any(); break;
    default: transfer.user_data_32 = static_cast<std::uint32_t>(below(3)); break;
  }
}

bool Commands::imports() { return migrates_ && asked_ <= migration_steps ? !one_in(12) : one_in(8); }

std::vector<Account> Commands::accounts(std::size_t most) {
  return batch(most, &Commands::account, sent_accounts_, account_flags::linked, account_flags::imported);
}
std::vector<Transfer> Commands::transfers(std::size_t most) {
  return batch(most, &Commands::transfer, sent_transfers_, transfer_flags::linked, transfer_flags::imported);
}

template <class Item>
std::vector<Item> Commands::batch(std::size_t most, Item (Commands::*make)(), std::vector<Item>& sent,
                                  std::uint16_t linked, std::uint16_t imported) {
  const bool import = imports();
  std::vector<Item> items(1 + below(most));
  for (Item& item : items) {
    item = (this->*make)();
    if (!sent.empty() && one_in(7)) {  // the same again, as it was or nearly
      item = sent[below(sent.size())];
      if (one_in(3)) spoil(item);
    }
    if (one_in(8)) item.flags |= linked;
    if (import != one_in(25)) {
      item.flags |= imported;
      if (!one_in(20)) item.timestamp.value = import_time();
    }
    sent.push_back(item);
  }
  if (!one_in(6)) items.back().flags &= static_cast<std::uint16_t>(~linked);
  return items;
}

Step Commands::next() {
  pass_time();
  Step step{now_, below(4), BookId{one_in(8) ? 2u : 1u}, one_in(10), {}};
  if (++asked_ == 1 || one_in(12)) step.items = accounts(5);
  else if (one_in(2)) step.items = transfers(5);
  else step.items = bulk(step);
  return finish(std::move(step));
}

Story random_story(std::uint64_t seed) {
  Story story;
  story.start = seed % 16 == 0 ? late_start : usual_start;
  story.memory = seed % 2 == 0 ? ledger::test::Memory::warm : ledger::test::Memory::cold;
  Commands commands(seed, story.start);
  for (const BookId book : {BookId{1}, BookId{2}}) story.steps.push_back(commands.founding(book));
  const std::uint64_t steps = 20 + commands.below(64);
  for (std::uint64_t i = 0; i < steps; ++i) story.steps.push_back(commands.next());
  return story;
}

}  // namespace florin::property
