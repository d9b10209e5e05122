// Random commands that an engine would take, imports into the past among them.
#pragma once

#include <set>

#include "tests/projections/rig.hpp"

namespace florin::test {

// Imports are later than all accounts or transfers before them and than their own accounts, and take no
// timestamp that another account or transfer has. Only voids move an account that is closed.
class AnyCommand {
 public:
  AnyCommand(BookModel& model, std::mt19937_64& dice) : model_(model), dice_(dice) {}

  Event operator()() {
    for (;;) {
      model_.pass(roll(20));
      const auto open = model_.pending();
      const bool opens = model_.accounts().size() < 3 || roll(30) == 0;
      auto event = opens ? open_account() : !open.empty() && roll(2) == 0 ? settle(open) : pay();
      if (event) return *std::move(event);
    }
  }

 private:
  std::uint64_t roll(std::uint64_t sides) { return dice_() % sides; }
  bool closed(AccountId id) const { return (model_.accounts().at(id).flags & account_flags::closed) != 0; }

  // A moment behind `first` that is free, if there is one.
  std::optional<Timestamp> past(std::uint64_t first) {
    if (first >= model_.now()) return std::nullopt;
    const Timestamp at{first + 1 + roll(model_.now() - first)};
    if (times_.contains(at)) return std::nullopt;
    return at;
  }
  std::optional<Event> open_account() {
    const AccountId id{model_.accounts().size() + 1};
    const std::uint16_t flags = roll(4) == 0 ? std::uint16_t{0} : account_flags::history;
    const LedgerId ledger{700};
    const auto code = static_cast<std::uint16_t>(1 + roll(4));
    std::optional<Event> event;
    if (roll(2) == 0) {
      event = model_.open_account(id, ledger, code, flags);
    } else if (const auto at = past(last_account_.value)) {
      event = model_.import_account(id, ledger, code, *at, flags);
    }
    if (!event) return event;
    last_account_ = model_.accounts().at(id).timestamp;
    times_.insert(last_account_);
    return event;
  }
  std::optional<Event> dated(Transfer made) {
    if (roll(2) == 0) {
      std::uint64_t first = last_transfer_.value;
      for (const AccountId id : {made.debit_account_id, made.credit_account_id})
        first = std::max(first, model_.accounts().at(id).timestamp.value);
      const auto at = past(first);
      if (!at) return std::nullopt;
      made.timestamp = *at;
      made.flags |= transfer_flags::imported;
    }
    Event event = model_.transfer(made);
    last_transfer_ = model_.entries().back().transfer.timestamp;
    times_.insert(last_transfer_);
    return event;
  }
  std::optional<Event> settle(const std::vector<TransferId>& open) {
    const TransferId id = open[roll(open.size())];
    if (roll(2) == 0) return model_.expire(id);
    const auto entry = std::find_if(model_.entries().begin(), model_.entries().end(),
                                    [&](const auto& each) { return each.transfer.id == id; });
    Transfer made = entry->transfer;
    const bool voids = closed(made.debit_account_id) || closed(made.credit_account_id) || roll(2) == 0;
    made.flags = voids ? transfer_flags::void_pending_transfer : transfer_flags::post_pending_transfer;
    made.id = {next_id_++};
    made.pending_id = id;
    if (!voids && roll(2) == 0) made.amount.value /= 2;
    return dated(made);
  }
  std::optional<Event> pay() {
    Transfer made;
    const std::uint64_t count = model_.accounts().size(), debit = roll(count);
    made.id = {next_id_++};
    made.debit_account_id = {1 + debit};
    made.credit_account_id = {1 + (debit + 1 + roll(count - 1)) % count};
    made.amount.value = 1 + roll(1000);
    if (closed(made.debit_account_id) || closed(made.credit_account_id)) return std::nullopt;
    if (roll(2) == 0) made.flags = transfer_flags::pending;
    if (made.flags != 0 && roll(4) == 0) made.flags |= transfer_flags::closing_debit;
    if (made.flags != 0 && roll(4) == 0) made.flags |= transfer_flags::closing_credit;
    return dated(made);
  }

  BookModel& model_;
  std::mt19937_64& dice_;
  Timestamp last_account_, last_transfer_;
  std::set<Timestamp> times_;  // of accounts and transfers
  std::uint64_t next_id_ = 1;
};

}  // namespace florin::test
