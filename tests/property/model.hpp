// A second ledger, written apart from engine/ledger and as naively as it can be: it keeps the list of what
// happened and works out everything else from the list each time it is asked. Slow, and easy to see through.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schemas/commands.hpp"
#include "schemas/events.hpp"

namespace florin::property {

using BothAfter = std::pair<AccountAfter, AccountAfter>;  // of debit and credit

// What is said of an item, or of a leg of the transaction before it.
struct Answer {
  std::string status;
  std::uint64_t time = 0;       // engine time
  std::uint64_t timestamp = 0;  // that is told; 0 where none is
  BothAfter after{};            // a created transfer's
  std::uint32_t posting = 0;    // that a refusal is about
  std::optional<Available> available{};
  std::uint32_t legs = 0;                      // of a created transaction; their answers follow
  std::vector<MetadataSet::Change> changes{};  // of metadata
  friend bool operator==(const Answer&, const Answer&) = default;
};

// What the model gets wrong on purpose, so that the tests can be tested.
enum class Fault {
  none,
  ids_never_burn,
  holds_last_longer,        // by a nanosecond, as long as nobody releases them
  pending_debits_are_free,  // a limit looks at what is posted only
  broken_chains_stay,       // what they did is not undone
  reversals_are_forgotten,  // each may take back the whole original
  limits_are_forgotten,     // those that a command has set
  failed_bulks_stay,        // what an atomic one did is not undone
  dry_runs_stay,
};

// One book. Statuses are told by name.
class Model {
 public:
  explicit Model(std::set<std::uint32_t> open, Fault fault = Fault::none)
      : open_ledgers_(std::move(open)), fault_(fault) {}

  // `clock` is the engine time of the first item, and then of what comes behind the last one.
  std::vector<Answer> create(const std::vector<Account>& batch, std::uint64_t& clock);
  std::vector<Answer> create(const std::vector<Transfer>& batch, std::uint64_t& clock);
  std::vector<Answer> create(const Bulk& bulk, std::uint64_t& clock);
  // All is again as it was, but for the fault that forgets this.
  void undo(Model&& before, Fault forgetting);

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
  Limits limits(u128 account) const;  // that a command has set

  enum class Phase { single, open, posted, voided, expired };
  struct Entry {
    Transfer transfer;
    Phase phase;
  };
  const std::vector<Entry>& transfers() const { return transfers_; }
  const std::set<u128>& burnt() const { return burnt_; }

  const std::vector<Transaction>& transactions() const { return transactions_; }
  const std::set<u128>& burnt_transactions() const { return burnt_transactions_; }
  std::vector<Posting> left_of(const Transaction& original) const;  // posting by posting, 0 where nothing is

  using Notes = std::map<std::string, std::string>;
  const std::map<Target, Notes>& metadata() const { return metadata_; }

 private:
  using Said = std::vector<Answer>;  // of an item and its legs
  struct Verdict {
    std::string status;  // empty when nothing stands against it
    std::uint32_t posting = 0;
  };

  template <class Item>
  std::vector<Answer> run(const std::vector<Item>& batch, std::uint64_t start);
  template <class Item>
  Answer one(const std::vector<Item>& batch, std::size_t index, std::uint64_t start);
  BothAfter after(const Transfer& sent) const;
  void burn(const Transfer& sent, const std::string& status);
  void burn(const Transaction& sent, const std::string& status);

  void next_of(const Bulk& bulk, std::vector<Said>& said, std::uint64_t& clock);
  std::vector<Answer> fail(const Bulk& bulk, std::size_t culprit, const std::vector<Said>& said,
                           std::uint64_t& clock);
  Answer set(const SetMetadata& sent);
  Answer set(const SetLimits& sent);
  std::optional<std::uint64_t> timestamp_of(const Target& target) const;

  Said create(const Transaction& sent, std::uint64_t& clock);
  void post(const Transaction& recorded, std::uint64_t& clock, Said& said);
  std::string judge(const Transaction& sent, std::uint64_t now) const;
  std::string compare(const Transaction& sent, const Transaction& old) const;
  std::uint16_t code_of(const Transaction& sent) const;
  Transaction in_full(const Transaction& sent) const;
  Verdict against_postings(const Transaction& meant) const;
  Verdict against_rest(const Transaction& meant) const;
  Verdict against_what_is_there(const Transaction& meant) const;
  Verdict against_time(const Transaction& meant, std::size_t legs) const;
  Verdict against_accounts(const Transaction& meant) const;
  const Transaction* find_transaction(TransactionId id) const;

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
  std::optional<u128> bound(const Account& account, PostingSide side) const;
  u128 room(const Account& account, PostingSide side) const;
  std::optional<Available> available(const std::string& status, AccountId debit, AccountId credit) const;
  u128 first_timestamp(const Account& sent) const;
  u128 first_timestamp(const Transfer& sent) const;
  const Entry* find(u128 id) const;

  std::set<std::uint32_t> open_ledgers_;
  Fault fault_;
  std::map<u128, Account> accounts_;  // as they were created
  std::map<u128, Limits> limits_;
  std::vector<Entry> transfers_;
  std::set<u128> burnt_;
  std::vector<Transaction> transactions_;  // as they are recorded
  std::set<u128> burnt_transactions_;
  std::map<Target, Notes> metadata_;  // as it is now
};

}  // namespace florin::property
