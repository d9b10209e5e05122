// Bulks, metadata and limits, each rule looked up in docs/reference/ledger_semantics.md.
#include "tests/property/model.hpp"

namespace florin::property {
namespace {

bool imported(const Account& a) { return (a.flags & account_flags::imported) != 0; }
bool imported(const Transfer& t) { return (t.flags & transfer_flags::imported) != 0; }
bool imported(const Transaction& t) { return (t.flags & transaction_flags::imported) != 0; }

// The timestamp that an item is told which failed with another one: an imported one that was undone is told
// its own.
struct Told {
  std::uint64_t time;
  bool undone;
  template <class Item>
  std::uint64_t operator()(const Item& item) const {
    return undone && imported(item) ? item.timestamp.value : time;
  }
  std::uint64_t operator()(const SetMetadata&) const { return 0; }
  std::uint64_t operator()(const SetLimits&) const { return 0; }
};

// The items of one kind that begin at `first`.
template <class Item>
std::vector<Item> run_of(const std::vector<BulkItem>& items, std::size_t first) {
  std::vector<Item> run;
  for (; first < items.size() && std::holds_alternative<Item>(items[first]); ++first)
    run.push_back(std::get<Item>(items[first]));
  return run;
}

bool fails_by_itself(const Answer& answer) {
  return answer.status != "created" && answer.status != "set" && answer.status != "linked_event_failed";
}

}  // namespace

std::vector<Answer> Model::create(const Bulk& bulk, std::uint64_t& clock) {
  std::vector<Said> said;
  std::optional<Model> before;
  if (bulk.atomic) before = *this;
  while (said.size() < bulk.items.size()) {
    const std::size_t first = said.size();
    next_of(bulk, said, clock);
    for (std::size_t i = first; before && i < said.size(); ++i) {
      if (!fails_by_itself(said[i].front())) continue;
      undo(std::move(*before), Fault::failed_bulks_stay);
      return fail(bulk, i, said, clock);
    }
  }
  std::vector<Answer> answers;
  for (const Said& item : said) answers.insert(answers.end(), item.begin(), item.end());
  return answers;
}

// Accounts or transfers that stand together are one batch; any other item stands alone.
void Model::next_of(const Bulk& bulk, std::vector<Said>& said, std::uint64_t& clock) {
  const std::size_t first = said.size();
  const BulkItem& item = bulk.items[first];
  const auto each = [&](const std::vector<Answer>& answers) {
    for (const Answer& answer : answers) said.push_back({answer});
  };
  if (std::holds_alternative<Account>(item)) return each(create(run_of<Account>(bulk.items, first), clock));
  if (std::holds_alternative<Transfer>(item)) return each(create(run_of<Transfer>(bulk.items, first), clock));
  if (const auto* transaction = std::get_if<Transaction>(&item)) {
    said.push_back(create(*transaction, clock));
    return burn(*transaction, said.back().front().status);
  }
  const auto* metadata = std::get_if<SetMetadata>(&item);
  Answer answer = metadata != nullptr ? set(*metadata) : set(std::get<SetLimits>(item));
  answer.time = clock++;
  said.push_back({answer});
}

// All but the culprit failed with it, which alone keeps what it said and may burn its id.
std::vector<Answer> Model::fail(const Bulk& bulk, std::size_t culprit, const std::vector<Said>& said,
                                std::uint64_t& clock) {
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < bulk.items.size(); ++i) {
    const BulkItem& item = bulk.items[i];
    if (i == culprit) {
      answers.push_back(said[i].front());
      const std::string& status = answers.back().status;
      if (const auto* transfer = std::get_if<Transfer>(&item)) burn(*transfer, status);
      if (const auto* transaction = std::get_if<Transaction>(&item)) burn(*transaction, status);
      continue;
    }
    const bool undone = i < culprit;
    const std::uint64_t time = undone ? said[i].front().time : clock++;
    answers.push_back({"linked_event_failed", time, std::visit(Told{time, undone}, item)});
  }
  return answers;
}

std::optional<std::uint64_t> Model::timestamp_of(const Target& target) const {
  if (target.kind == TargetKind::account) {
    const auto found = accounts_.find(target.id);
    return found == accounts_.end() ? std::nullopt : std::optional(found->second.timestamp.value);
  }
  if (target.kind == TargetKind::transfer) {
    const Entry* found = find(target.id);
    return found == nullptr ? std::nullopt : std::optional(found->transfer.timestamp.value);
  }
  const Transaction* found = find_transaction({target.id});
  return found == nullptr ? std::nullopt : std::optional(found->timestamp.value);
}

Answer Model::set(const SetMetadata& sent) {
  const auto timestamp = timestamp_of(sent.target);
  if (!timestamp) return {"target_not_found"};
  const auto found = metadata_.find(sent.target);
  const Notes before = found == metadata_.end() ? Notes{} : found->second;
  Notes after = before;
  Answer answer{"set", 0, *timestamp};
  for (const auto& [key, value] : sent.changes) {
    const auto old = before.find(key);
    const auto was = old == before.end() ? std::nullopt : std::optional(old->second);
    if (was != value) answer.changes.push_back({key, was, value});
    if (value) after[key] = *value;
    else after.erase(key);
  }
  std::size_t bytes = 0;
  for (const auto& [key, value] : after) bytes += key.size() + value.size();
  if (after.size() > 32) return {"too_many_keys"};
  if (bytes > 4096) return {"too_long"};
  if (after.empty()) metadata_.erase(sent.target);
  else metadata_[sent.target] = after;
  return answer;
}

Limits Model::limits(u128 account) const {
  const auto found = limits_.find(account);
  return found == limits_.end() ? Limits{} : found->second;
}

// Both limits are said anew; one that the account exceeds already is refused, and with it the other.
Answer Model::set(const SetLimits& sent) {
  const auto changed = account(sent.account.value);
  if (!changed) return {"account_not_found"};
  const Limits before = limits(sent.account.value);
  limits_[sent.account.value] = sent.limits;
  const auto exceeded = [&](PostingSide side, u128 used, u128 opposite) {
    const std::optional<u128> beyond = bound(*changed, side);
    return beyond && used > opposite && used - opposite > *beyond;
  };
  const Balances& b = changed->balances;
  std::string status = "set";
  if (exceeded(PostingSide::debit, b.debits_pending.value + b.debits_posted.value, b.credits_posted.value))
    status = "debit_balance_exceeds_limit";
  else if (exceeded(PostingSide::credit, b.credits_pending.value + b.credits_posted.value,
                    b.debits_posted.value))
    status = "credit_balance_exceeds_limit";
  if (status != "set") limits_[sent.account.value] = before;
  return {status};
}

}  // namespace florin::property
