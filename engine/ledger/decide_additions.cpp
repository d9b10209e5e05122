// Metadata and limits.
#include <map>

#include "engine/ledger/additions.hpp"
#include "engine/ledger/apply.hpp"
#include "engine/ledger/limits.hpp"

namespace florin::ledger {
namespace {

void take(State& state, const Context& context, EventBody body, std::vector<Event>& out) {
  out.push_back({context.time.next(), context.book, context.command, std::move(body)});
  apply(state, out.back());
}

// The target's timestamp; none when there is no such target.
std::optional<Timestamp> find_target(const State& state, BookId book, const Target& target) {
  switch (target.kind) {
    case TargetKind::account: {
      const AccountRow* row = state.accounts.find({book, {target.id}});
      return row == nullptr ? std::nullopt : std::optional(row->timestamp);
    }
    case TargetKind::transfer: {
      const TransferRow* row = state.find_transfer({book, {target.id}});
      return row == nullptr ? std::nullopt : std::optional(row->transfer.timestamp);
    }
    case TargetKind::transaction: {
      const TransactionRow* row = state.find_transaction({book, {target.id}});
      return row == nullptr ? std::nullopt : std::optional(row->timestamp);
    }
  }
  FLORIN_ASSERT(false);
  return std::nullopt;
}

EventBody decide(const State& state, BookId book, const SetMetadata& sent) {
  const auto timestamp = find_target(state, book, sent.target);
  if (!timestamp) return MetadataRefused{sent.target, MetadataStatus::target_not_found};
  const Metadata* before = state.metadata.find({book, sent.target});
  std::map<std::string_view, std::string_view> after;
  if (before != nullptr) after.insert(before->begin(), before->end());
  MetadataSet event{sent.target, *timestamp, {}};
  for (const auto& [key, value] : sent.changes) {
    const auto old = after.find(key);
    MetadataSet::Change change{key, std::nullopt, value};
    if (old != after.end()) change.before = std::string(old->second);
    if (change.before == change.after) continue;
    if (value) after[key] = *value;
    else after.erase(key);
    event.changes.push_back(std::move(change));
  }
  std::size_t bytes = 0;
  for (const auto& [key, value] : after) bytes += key.size() + value.size();
  if (after.size() > metadata_keys_max) return MetadataRefused{sent.target, MetadataStatus::too_many_keys};
  if (bytes > metadata_bytes_max) return MetadataRefused{sent.target, MetadataStatus::too_long};
  return event;
}

EventBody decide(const State& state, BookId book, const SetLimits& sent) {
  const AccountRow* found = state.accounts.find({book, sent.account});
  if (found == nullptr) return LimitsRefused{sent.account, LimitsStatus::account_not_found};
  AccountRow account = *found;
  account.limits = sent.limits;
  // A limit that is set holds from then on, so that a book can be checked: it cannot begin broken.
  if (!within_debit_limit(account))
    return LimitsRefused{sent.account, LimitsStatus::debit_balance_exceeds_limit};
  if (!within_credit_limit(account))
    return LimitsRefused{sent.account, LimitsStatus::credit_balance_exceeds_limit};
  return LimitsSet{sent.account, sent.limits};
}

}  // namespace

void set_metadata(State& state, const Context& context, const SetMetadata& sent, std::vector<Event>& out) {
  take(state, context, decide(state, context.book, sent), out);
}

void set_limits(State& state, const Context& context, const SetLimits& sent, std::vector<Event>& out) {
  take(state, context, decide(state, context.book, sent), out);
}

}  // namespace florin::ledger
