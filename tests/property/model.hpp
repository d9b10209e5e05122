// A second ledger, written apart from engine/ledger and as naively as it can be: it keeps the list of what
// happened and works out everything else from the list each time it is asked. Slow, and easy to see through.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schemas/events.hpp"

namespace florin::property {

using BothAfter = std::pair<AccountAfter, AccountAfter>;  // of debit and credit

struct Answer {
  std::string status;
  std::uint64_t timestamp = 0;
  BothAfter after{};  // a created transfer's
  friend bool operator==(const Answer&, const Answer&) = default;
};

// What the model gets wrong on purpose, so that the tests can be tested.
enum class Fault {
  none,
  ids_never_burn,
  holds_last_longer,        // by a nanosecond, as long as nobody releases them
  pending_debits_are_free,  // a limit looks at what is posted only
  broken_chains_stay,       // what they did is not undone
};

// One book. Statuses are told by name.
class Model {
 public:
  explicit Model(std::set<std::uint32_t> open, Fault fault = Fault::none)
      : open_ledgers_(std::move(open)), fault_(fault) {}

  // The item at index i of a batch has the time start + i.
  std::vector<Answer> create(const std::vector<Account>& batch, std::uint64_t start);
  std::vector<Answer> create(const std::vector<Transfer>& batch, std::uint64_t start);

  struct Due {
    std::uint64_t due;
    std::uint64_t timestamp;
    u128 id;
    friend auto operator<=>(const Due&, const Due&) = default;
  };
  std::vector<Due> due(std::uint64_t now) const;  // open holds whose time is over, in order
  void expire(u128 id);

  std::optional<Account> account(u128 id) const;  // with its balances of now
  const std::map<u128, Account>& accounts() const { return accounts_; }

  enum class Phase { single, open, posted, voided, expired };
  struct Entry {
    Transfer transfer;
    Phase phase;
  };
  const std::vector<Entry>& transfers() const { return transfers_; }
  const std::set<u128>& burnt() const { return burnt_; }

 private:
  template <class Item>
  std::vector<Answer> run(const std::vector<Item>& batch, std::uint64_t start);
  template <class Item>
  Answer one(const std::vector<Item>& batch, std::size_t index, std::uint64_t start);
  BothAfter after(const Transfer& sent) const;
  void undo(Model&& before);

  std::string judge(const Account& sent, std::uint64_t now);
  std::string judge(const Transfer& sent, std::uint64_t now);
  std::string form_of_plain(const Transfer& sent) const;
  std::string judge_plain(Transfer sent);
  std::string weigh(Transfer& sent, const Account& debit, const Account& credit) const;
  std::string form_of_settling(const Transfer& sent) const;
  std::string against_hold(const Transfer& sent, const Entry& hold, std::uint64_t now) const;
  std::string judge_settling(const Transfer& sent, std::uint64_t now);
  std::string compare(const Transfer& sent, const Transfer& old) const;
  bool regresses(const Transfer& sent) const;
  u128 first_timestamp(const Account& sent) const;
  u128 first_timestamp(const Transfer& sent) const;
  bool closed(u128 account) const;
  const Entry* find(u128 id) const;
  u128 sum(u128 account, bool debit, bool pending) const;

  std::set<std::uint32_t> open_ledgers_;
  Fault fault_;
  std::map<u128, Account> accounts_;  // as they were created
  std::vector<Entry> transfers_;
  std::set<u128> burnt_;
};

}  // namespace florin::property
