// Private: what random commands are made of. Ids are few, so that many meet what was there before.
#pragma once

#include <random>

#include "tests/property/commands.hpp"

namespace florin::property {

class Commands {
 public:
  Commands(std::uint64_t seed, std::uint64_t start)
      : random_(seed), now_(start), import_mark_(start - imports_begin), migrates_(one_in(3)) {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }  // of equal chance, near enough
  Step founding(BookId book);  // of a new book: nothing is wrong with its accounts
  Step next();

 private:
  static constexpr std::uint64_t imports_begin = 500 * ledger::ns_per_s;  // before the start
  static constexpr std::size_t legs_most = 12;                            // of one of these transactions

  bool one_in(std::uint64_t count) { return below(count) == 0; }
  void pass_time();
  Step finish(Step step);
  u128 amount();
  bool imports();  // the next batch or transaction
  std::uint64_t import_time();

  // commands.cpp
  Account good_account();
  Account account();
  Transfer transfer();
  Transfer plain();
  Transfer settling();
  void spoil(Account& account);
  void spoil(Transfer& transfer);
  std::vector<Account> accounts(std::size_t most);
  std::vector<Transfer> transfers(std::size_t most);
  template <class Item>
  std::vector<Item> batch(std::size_t most, Item (Commands::*make)(), std::vector<Item>& sent,
                          std::uint16_t linked, std::uint16_t imported);

  // commands_bulk.cpp
  Bulk bulk(const Step& step);
  Transaction transaction();
  Transaction posting_transaction();
  void add_pair(std::vector<Posting>& postings, std::uint64_t payers);
  Transaction reversal();
  std::vector<Posting> part_of(const std::vector<Posting>& original);
  void spoil(Transaction& transaction);
  void spoil(std::vector<Posting>& postings);
  SetMetadata set_metadata();
  Metadata metadata();
  SetLimits set_limits();
  std::optional<Amount> limit();
  AccountId any_account();
  std::uint32_t founding_ledger(AccountId id) const;
  TransactionId any_transaction();
  TransferId leg_of_any();

  std::mt19937_64 random_;  // the standard fixes its numbers, unlike those of distributions
  std::uint64_t now_;       // engine time is never past it
  std::uint64_t import_mark_;
  bool migrates_;
  std::uint64_t asked_ = 0;
  std::uint64_t next_id_ = 1;
  std::uint64_t next_transaction_ = 1;
  std::vector<Account> founders_;  // of the first book
  std::vector<Account> sent_accounts_;
  std::vector<Transfer> sent_transfers_;
  std::vector<Transaction> sent_transactions_;
  std::vector<Transaction> originals_;  // of them, those that are likely to be there and to be reversible
  bool likely_ = false;                 // that what the bulk holds will be there
  std::vector<std::uint64_t> due_;      // when holds that were sent are over, if they were created at all
};

}  // namespace florin::property
