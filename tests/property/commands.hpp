// Random commands: plausible ones, with something wrong in about half of them. The same seed gives the same
// commands.
#pragma once

#include <random>
#include <vector>

#include "schemas/ledger.hpp"

namespace florin::property {

class Commands {
 public:
  static constexpr unsigned ids_max = 500;  // of transfers; accounts have far fewer

  // Imports begin some time before `start`. In some lives the first commands are imports, as in a migration.
  Commands(std::uint64_t seed, std::uint64_t start);

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }  // of equal chance, near enough
  std::uint64_t pause_ns();
  bool wants_accounts() { return ++asked_ == 1 || below(12) == 0; }
  std::vector<Account> founding_accounts();  // of a new book: nothing is wrong with them
  std::vector<Account> accounts(std::uint64_t now);
  std::vector<Transfer> transfers(std::uint64_t now);

 private:
  bool one_in(std::uint64_t count) { return below(count) == 0; }
  u128 amount();
  std::uint64_t import_time(std::uint64_t now);
  Account good_account();
  Account account();
  Transfer transfer();
  Transfer plain();
  Transfer settling();
  void spoil(Account& account);
  void spoil(Transfer& transfer);

  template <class Item>
  std::vector<Item> batch(Item (Commands::*make)(), std::vector<Item>& sent, std::uint16_t linked,
                          std::uint16_t imported, std::uint64_t now);

  std::mt19937_64 random_;  // the standard fixes its numbers, unlike those of distributions
  std::uint64_t import_mark_;
  bool migrates_;
  std::uint64_t asked_ = 0;
  std::uint64_t next_id_ = 1;
  std::vector<Account> sent_accounts_;
  std::vector<Transfer> sent_transfers_;
};

}  // namespace florin::property
