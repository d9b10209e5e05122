#include "deploy/florin/read_model_check.hpp"

#include "engine/base/hex.hpp"
#include "engine/ledger/rows.hpp"

namespace florin {
namespace {

using projections::BalancesWalk;
using projections::TrialKey;
using projections::TrialSums;
using AccountKey = InBook<AccountId>;

constexpr std::size_t read_bytes_max = 1u << 20;  // of sealed event records in one read
constexpr std::uint64_t go_on_accounts = 256;     // between two calls of go_on

struct Change {
  std::optional<Account> created;
  std::optional<AccountAfter> after;  // of the last transfer that moved it
  std::optional<Limits> limits;       // that were set last
};
using Changes = std::map<AccountKey, Change>;

void note(Changes& changes, const Event& event) {
  if (const auto* created = std::get_if<AccountCreated>(&event.body)) {
    changes[{event.book, created->account.id}].created = created->account;
  } else if (const auto* moved = std::get_if<TransferCreated>(&event.body)) {
    changes[{event.book, moved->transfer.debit_account_id}].after = moved->debit;
    changes[{event.book, moved->transfer.credit_account_id}].after = moved->credit;
  } else if (const auto* expired = std::get_if<TransferExpired>(&event.body)) {
    changes[{event.book, expired->debit_account_id}].after = expired->debit;
    changes[{event.book, expired->credit_account_id}].after = expired->credit;
  } else if (const auto* set = std::get_if<LimitsSet>(&event.body)) {
    changes[{event.book, set->id}].limits = set->limits;
  }
}

// What events [next, at] change. Both ends are those of event records.
Result<Changes> changes_between(const EventSource& events, Sequence next, Sequence at) {
  if (at.value - (next.value - 1) > events_between_max)
    return fail(Errc::overloaded, "the read model of balances is more than " +
                                      std::to_string(events_between_max) +
                                      " events ahead of the snapshot; check again when there is less load");
  Changes changes;
  while (next <= at) {
    FLORIN_TRY_ASSIGN(const auto records, events.read(next, read_bytes_max));
    if (records.empty())
      return fail(Errc::corrupt, "the event log ends before sequence " + to_string(next) +
                                     ", which the read model of balances has");
    for (const EventBatchPtr& record : records) {
      if (record->header.first > at) break;
      for (const Event& event : record->events) note(changes, event);
      next = record->next();
    }
  }
  return changes;
}

// The accounts of the state with the changes, in order of book and id.
class ExpectedAccounts {
 public:
  ExpectedAccounts(const StoreReader& snapshot, Changes changes)
      : rows_(snapshot, processor::state_key(ledger::account_key({})),
              prefix_end(processor::state_key({&accounts_byte, 1}))),
        changes_(std::move(changes)),
        change_(changes_.begin()) {}

  // Errors: corrupt for a row that cannot be read, which the check of the state names as well.
  Result<std::optional<BalancesWalk::Row>> next() {
    FLORIN_TRY_ASSIGN(auto stored, peek());
    const bool changed = change_ != changes_.end() && (!stored || change_->first <= stored->first);
    if (!changed) {
      if (stored) rows_.next();
      return stored ? std::optional(row_of(stored->first, stored->second)) : std::nullopt;
    }
    const auto& [key, change] = *change_++;
    const bool is_stored = stored && stored->first == key;
    if (is_stored) rows_.next();
    if (!is_stored && !change.created)
      return fail(Errc::corrupt, "events move account " + to_string(key.id) + " of book " +
                                     to_string(key.book) + ", which the state does not have");
    ledger::AccountRow account = is_stored ? stored->second : ledger::AccountRow(*change.created);
    if (change.after) {
      account.balances = change.after->balances;
      account.flags = change.after->flags;
    }
    if (change.limits) account.limits = *change.limits;
    return std::optional(row_of(key, account));
  }

 private:
  static constexpr auto accounts_byte = static_cast<std::uint8_t>(ledger::TableByte::accounts);

  static BalancesWalk::Row row_of(const AccountKey& key, const ledger::AccountRow& account) {
    const Account& without_limits = account;
    return {key.book, without_limits, account.limits};
  }

  Result<std::optional<std::pair<AccountKey, ledger::AccountRow>>> peek() {
    FLORIN_TRY_ASSIGN(const StoreRow* row, rows_.peek());
    if (row == nullptr) return std::nullopt;
    const ByteView key = ByteView(row->key).subspan(1);
    const auto name = ledger::parse_account_key(key);
    const auto account = name ? ledger::decode_account(*name, row->value) : std::nullopt;
    if (!account) return fail(ledger::damaged_row(key));
    return std::pair{*name, *account};
  }

  RowCursor rows_;
  const Changes changes_;
  Changes::const_iterator change_;
};

std::string name_of(const BalancesWalk::Row& row) {
  return "book " + to_string(row.book) + ", account " + to_string(row.account.id) + ": ";
}

using AccountsCompared = std::map<TrialKey, TrialSums>;

void add(AccountsCompared& sums, const BalancesWalk::Row& row) {
  TrialSums& sum = sums[{row.book, row.account.ledger, row.account.code}];
  sum.accounts += 1;
  sum.sums += projections::difference(row.account.balances, {});
}

// Both sides in step; gives the sums of the state's accounts by book, ledger and code.
Result<AccountsCompared> compare_accounts(ExpectedAccounts& state, BalancesWalk& model,
                                          ReadModelReport& report, const replay::GoOn& go_on) {
  AccountsCompared sums;
  FLORIN_TRY_ASSIGN(auto should, state.next());
  FLORIN_TRY_ASSIGN(auto is, model.next());
  const auto key = [](const auto& row) { return AccountKey{row->book, row->account.id}; };
  while (should || is) {
    const bool missing = should && (!is || key(should) < key(is));
    const bool extra = is && (!should || key(is) < key(should));
    if (missing) report.findings.add(name_of(*should) + "the read model of balances does not have it");
    else if (extra) report.findings.add(name_of(*is) + "only the read model of balances has it");
    else if (should->account != is->account)
      report.findings.add(name_of(*should) + "the read model of balances shows another row than the state's");
    else if (should->limits != is->limits)
      report.findings.add(name_of(*should) +
                          "the read model of balances shows other limits than the state's");
    if (!extra) add(sums, *should);
    if (++report.accounts % go_on_accounts == 0) FLORIN_TRY(go_on(report.accounts));
    if (!extra) {
      FLORIN_TRY_ASSIGN(should, state.next());
    }
    if (!missing) {
      FLORIN_TRY_ASSIGN(is, model.next());
    }
  }
  return sums;
}

void compare_trial(const AccountsCompared& should, const AccountsCompared& is, Findings& findings) {
  AccountsCompared all = should;
  all.insert(is.begin(), is.end());
  for (const auto& [key, unused] : all) {
    const auto found = is.find(key), wanted = should.find(key);
    if (found != is.end() && wanted != should.end() && found->second == wanted->second) continue;
    findings.add("book " + to_string(key.book) + ", ledger " + to_string(key.ledger) + ", code " +
                 std::to_string(key.code) + ": the trial balance is not the sum of the state's accounts");
  }
}

Result<void> compare(const StoreReader& snapshot, Changes changes, BalancesWalk& model,
                     ReadModelReport& report, const replay::GoOn& go_on) {
  ExpectedAccounts state(snapshot, std::move(changes));
  FLORIN_TRY_ASSIGN(const AccountsCompared sums, compare_accounts(state, model, report, go_on));
  FLORIN_TRY_ASSIGN(const AccountsCompared trial, model.trial());
  compare_trial(sums, trial, report.findings);
  return {};
}

}  // namespace

Result<ReadModelReport> check_balances(const StoreReader& snapshot, Sequence next, BalancesWalk& model,
                                       const EventSource& events, const replay::GoOn& go_on) {
  FLORIN_TRY_ASSIGN(Changes changes, changes_between(events, next, model.at()));
  ReadModelReport report;
  const auto compared = compare(snapshot, std::move(changes), model, report, go_on);
  if (!compared && compared.error().code != Errc::corrupt) return fail(compared.error());
  if (!compared) report.findings.add("the comparison ended early: " + compared.error().message);
  return report;
}

}  // namespace florin
