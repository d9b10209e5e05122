#include "tests/property/commands.hpp"

#include <random>

namespace florin::property {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t imports_begin = 500 * second;  // before the start
constexpr std::uint64_t migration_steps = 12;          // the first commands of a life may be imports

class Commands {
 public:
  Commands(std::uint64_t seed, std::uint64_t start)
      : random_(seed), now_(start), import_mark_(start - imports_begin), migrates_(one_in(3)) {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }  // of equal chance, near enough
  Step founding(BookId book);  // of a new book: nothing is wrong with its accounts
  Step next();

 private:
  bool one_in(std::uint64_t count) { return below(count) == 0; }
  void pass_time();
  Step finish(Step step);
  u128 amount();
  std::uint64_t import_time();
  Account good_account();
  Account account();
  Transfer transfer();
  Transfer plain();
  Transfer settling();
  void spoil(Account& account);
  void spoil(Transfer& transfer);

  template <class Item>
  std::vector<Item> batch(Item (Commands::*make)(), std::vector<Item>& sent, std::uint16_t linked,
                          std::uint16_t imported);

  std::mt19937_64 random_;  // the standard fixes its numbers, unlike those of distributions
  std::uint64_t now_;       // engine time is never past it
  std::uint64_t import_mark_;
  bool migrates_;
  std::uint64_t asked_ = 0;
  std::uint64_t next_id_ = 1;
  std::vector<Account> sent_accounts_;
  std::vector<Transfer> sent_transfers_;
  std::vector<std::uint64_t> due_;  // when holds that were sent are over, if they were created at all
};

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
  return finish({now_, 0, book, accounts});
}

Step Commands::finish(Step step) {
  now_ = step.stamp;
  if (const auto* transfers = std::get_if<std::vector<Transfer>>(&step.items))
    for (const Transfer& transfer : *transfers)
      if (transfer.timeout != 0 && transfer.timeout < 100) due_.push_back(++now_ + transfer.timeout * second);
  now_ = step.stamp + step.releases_max + size(step.items);
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
  if (one_in(8)) spoil(transfer);
  return transfer;
}

void Commands::spoil(Transfer& transfer) {
  switch (below(15)) {
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
    default: transfer.user_data_32 = static_cast<std::uint32_t>(below(3)); break;
  }
}

template <class Item>
std::vector<Item> Commands::batch(Item (Commands::*make)(), std::vector<Item>& sent, std::uint16_t linked,
                                  std::uint16_t imported) {
  const bool import = migrates_ && asked_ <= migration_steps ? !one_in(12) : one_in(8);
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
      if (!one_in(20)) item.timestamp.value = import_time();
    }
    sent.push_back(item);
  }
  if (!one_in(6)) items.back().flags &= static_cast<std::uint16_t>(~linked);
  return items;
}

Step Commands::next() {
  pass_time();
  Step step{now_, below(4), BookId{one_in(8) ? 2u : 1u}, {}};
  if (++asked_ == 1 || one_in(12))
    step.items = batch(&Commands::account, sent_accounts_, account_flags::linked, account_flags::imported);
  else
    step.items =
        batch(&Commands::transfer, sent_transfers_, transfer_flags::linked, transfer_flags::imported);
  return finish(std::move(step));
}

}  // namespace

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
