#include "tests/property/model.hpp"

#include <algorithm>

namespace florin::property {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t end_of_time = 9'223'372'036'854'775'807u;

bool is(const Transfer& t, std::uint16_t flag) { return (t.flags & flag) != 0; }
bool is(const Account& a, std::uint16_t flag) { return (a.flags & flag) != 0; }
bool linked(const Account& a) { return is(a, account_flags::linked); }
bool linked(const Transfer& t) { return is(t, transfer_flags::linked); }
bool imported(const Account& a) { return is(a, account_flags::imported); }
bool imported(const Transfer& t) { return is(t, transfer_flags::imported); }

std::uint64_t due_time(const Transfer& hold) { return hold.timestamp.value + hold.timeout * second; }

bool burns(const std::string& status) {
  static const std::set<std::string> burning{"debit_account_not_found",
                                             "credit_account_not_found",
                                             "pending_transfer_not_found",
                                             "debit_account_already_closed",
                                             "credit_account_already_closed",
                                             "exceeds_credits",
                                             "exceeds_debits"};
  return burning.contains(status);
}

}  // namespace

const Model::Entry* Model::find(u128 id) const {
  for (const Entry& entry : transfers_)
    if (entry.transfer.id.value == id) return &entry;
  return nullptr;
}

std::optional<Account> Model::account(u128 id) const {
  const auto it = accounts_.find(id);
  if (it == accounts_.end()) return std::nullopt;
  Account account = it->second;
  Balances& b = account.balances;
  for (const auto& [transfer, phase] : transfers_) {
    const bool debit = transfer.debit_account_id.value == id;
    const bool credit = transfer.credit_account_id.value == id;
    const bool holds = phase == Phase::open;
    const bool moves = phase == Phase::single && !is(transfer, transfer_flags::void_pending_transfer);
    if (debit && holds) b.debits_pending.value += transfer.amount.value;
    if (debit && moves) b.debits_posted.value += transfer.amount.value;
    if (credit && holds) b.credits_pending.value += transfer.amount.value;
    if (credit && moves) b.credits_posted.value += transfer.amount.value;
    const bool closes = (debit && is(transfer, transfer_flags::closing_debit)) ||
                        (credit && is(transfer, transfer_flags::closing_credit));
    if (holds && closes) account.flags |= account_flags::closed;
  }
  return account;
}

std::vector<Model::Due> Model::due(std::uint64_t now) const {
  std::vector<Due> out;
  for (const auto& [transfer, phase] : transfers_)
    if (phase == Phase::open && transfer.timeout != 0 && due_time(transfer) <= now)
      out.push_back({due_time(transfer), transfer.timestamp.value, transfer.id.value});
  std::sort(out.begin(), out.end());
  return out;
}

void Model::expire(u128 id) {
  for (Entry& entry : transfers_)
    if (entry.transfer.id.value == id) entry.phase = Phase::expired;
}

// A batch is cut into chains first; a chain is tried on a copy of everything.
template <class Item>
std::vector<Answer> Model::run(const std::vector<Item>& batch, std::uint64_t start) {
  std::vector<Answer> answers;
  for (std::size_t first = 0; first < batch.size();) {
    std::size_t last = first;
    while (last < batch.size() && linked(batch[last])) ++last;
    const bool open = last == batch.size();
    if (open) --last;
    std::optional<Model> before;
    if (last > first) before = *this;
    bool broken = false;
    for (std::size_t i = first; i <= last; ++i) {
      Answer answer{"linked_event_failed", start + i, start + i};
      if (open && i == last) answer.status = "linked_event_chain_open";
      else if (!broken) answer = one(batch, i, start);
      if (answer.status != "created" && !broken && before) {
        undo(std::move(*before), Fault::broken_chains_stay);
        for (std::size_t j = first; j < i; ++j)
          answers[j] = {"linked_event_failed", start + j, answers[j].timestamp};
      }
      broken = broken || answer.status != "created";
      if constexpr (std::is_same_v<Item, Transfer>) burn(batch[i], answer.status);
      answers.push_back(answer);
    }
    first = last + 1;
  }
  return answers;
}

template <class Item>
Answer Model::one(const std::vector<Item>& batch, std::size_t index, std::uint64_t start) {
  Item item = batch[index];
  const std::uint64_t now = start + index;
  const std::uint64_t end = start + batch.size() - 1;
  if (imported(batch[0]) && !imported(item)) return {"imported_event_expected", now, now};
  if (!imported(batch[0]) && imported(item)) return {"imported_event_not_expected", now, now};
  if (!imported(item) && item.timestamp.value != 0) return {"timestamp_must_be_zero", now, now};
  if (imported(item)) {
    if (item.timestamp.value == 0 || item.timestamp.value > end_of_time)
      return {"imported_event_timestamp_out_of_range", now, now};
    if (item.timestamp.value >= end) return {"imported_event_timestamp_must_not_advance", now, now};
  } else {
    item.timestamp.value = now;
  }
  Answer answer{judge(item, now), now, now};
  if (answer.status == "exists") answer.timestamp = static_cast<std::uint64_t>(first_timestamp(item));
  if (answer.status == "created") answer.timestamp = item.timestamp.value;
  if constexpr (std::is_same_v<Item, Transfer>) {
    if (answer.status == "created") answer.after = after(item);
    answer.available = available(answer.status, item.debit_account_id, item.credit_account_id);
  }
  return answer;
}

BothAfter Model::after(const Transfer& sent) const {
  const Transfer& recorded = find(sent.id.value)->transfer;
  const Account debit = *account(recorded.debit_account_id.value);
  const Account credit = *account(recorded.credit_account_id.value);
  return {{debit.balances, debit.flags}, {credit.balances, credit.flags}};
}

void Model::undo(Model&& before, Fault forgetting) {
  if (fault_ != forgetting) *this = std::move(before);
}

void Model::burn(const Transfer& sent, const std::string& status) {
  if (burns(status) && fault_ != Fault::ids_never_burn) burnt_.insert(sent.id.value);
}

u128 Model::first_timestamp(const Account& sent) const { return accounts_.at(sent.id.value).timestamp.value; }
u128 Model::first_timestamp(const Transfer& sent) const {
  return find(sent.id.value)->transfer.timestamp.value;
}

std::vector<Answer> Model::create(const std::vector<Account>& batch, std::uint64_t& clock) {
  clock += batch.size();
  return run(batch, clock - batch.size());
}
std::vector<Answer> Model::create(const std::vector<Transfer>& batch, std::uint64_t& clock) {
  clock += batch.size();
  return run(batch, clock - batch.size());
}

}  // namespace florin::property
