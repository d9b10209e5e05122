// Bulks: items of any kind in order, each for itself or all of them together. And dry runs of any command.
#include "engine/ledger/additions.hpp"
#include "engine/ledger/apply.hpp"

namespace florin::ledger {
namespace {

// Why an event's item was not done: the status's number; none when it was.
struct Refusal {
  template <class Refused>
    requires requires(const Refused& body) { body.status; }
  std::optional<std::uint32_t> operator()(const Refused& body) const {
    return static_cast<std::uint32_t>(body.status);
  }
  template <class Done>
  std::optional<std::uint32_t> operator()(const Done&) const {
    return std::nullopt;
  }
};

std::optional<std::uint32_t> refusal(const Event& event) { return std::visit(Refusal{}, event.body); }

// The same number in every list of statuses.
constexpr std::uint32_t linked_event_failed = 1;
static_assert(static_cast<std::uint32_t>(AccountStatus::linked_event_failed) == linked_event_failed &&
              static_cast<std::uint32_t>(TransferStatus::linked_event_failed) == linked_event_failed &&
              static_cast<std::uint32_t>(TransactionStatus::linked_event_failed) == linked_event_failed &&
              static_cast<std::uint32_t>(MetadataStatus::linked_event_failed) == linked_event_failed &&
              static_cast<std::uint32_t>(LimitsStatus::linked_event_failed) == linked_event_failed);

// An item that failed with another one. One that was imported and undone is told its own timestamp, as in a
// chain.
struct FailedWithAnother {
  Timestamp now;
  bool undone = false;
  EventBody operator()(const Account& item) const {
    return refuse(item, AccountStatus::linked_event_failed, told(item, account_flags::imported));
  }
  EventBody operator()(const Transfer& item) const {
    return refuse(item, TransferStatus::linked_event_failed, told(item, transfer_flags::imported));
  }
  EventBody operator()(const Transaction& item) const {
    return TransactionRefused{item.id, TransactionStatus::linked_event_failed,
                              told(item, transaction_flags::imported)};
  }
  EventBody operator()(const SetMetadata& item) const {
    return MetadataRefused{item.target, MetadataStatus::linked_event_failed};
  }
  EventBody operator()(const SetLimits& item) const {
    return LimitsRefused{item.account, LimitsStatus::linked_event_failed};
  }

 private:
  template <class Item>
  Timestamp told(const Item& item, std::uint16_t imported) const {
    return undone && has(item.flags, imported) ? item.timestamp : now;
  }
};

class BulkRun {
 public:
  BulkRun(State& state, const Context& context, const Bulk& command, std::vector<Event>& out)
      : state_(state), context_(context), items_(command.items), out_(out), out_first_(out.size()) {}

  void run(bool atomic) {
    if (!atomic) {
      while (next_ < items_.size()) step();
      return;
    }
    state_.begin();
    while (next_ < items_.size()) {
      step();
      if (const auto culprit = culprit_of_step()) return fail_all(*culprit);
    }
    state_.keep();
  }

 private:
  // The next run: accounts or transfers that stand together, or one item of another kind.
  void step() {
    step_first_ = next_;
    step_out_ = out_.size();
    const BulkItem& item = items_[next_];
    if (std::holds_alternative<Account>(item))
      create_accounts(state_, context_, CreateAccounts{take_run<Account>()}, out_);
    else if (std::holds_alternative<Transfer>(item))
      create_transfers(state_, context_, CreateTransfers{take_run<Transfer>()}, out_);
    else take_one(item);
    for (std::size_t i = step_first_; i < next_; ++i)
      times_.push_back(out_[step_out_ + (i - step_first_)].time);
  }

  template <class Item>
  std::vector<Item> take_run() {
    std::vector<Item> run;
    for (; next_ < items_.size() && std::holds_alternative<Item>(items_[next_]); ++next_)
      run.push_back(std::get<Item>(items_[next_]));
    return run;
  }

  void take_one(const BulkItem& item) {
    ++next_;
    if (const auto* transaction = std::get_if<Transaction>(&item))
      create_transaction(state_, context_, *transaction, out_);
    else if (const auto* metadata = std::get_if<SetMetadata>(&item))
      set_metadata(state_, context_, *metadata, out_);
    else set_limits(state_, context_, std::get<SetLimits>(item), out_);
  }

  // The item of the last step that was refused for a reason of its own.
  std::optional<std::size_t> culprit_of_step() const {
    for (std::size_t i = step_first_; i < next_; ++i) {
      const auto status = refusal(out_[step_out_ + (i - step_first_)]);
      if (status && *status != linked_event_failed) return i;
    }
    return std::nullopt;
  }

  // Nothing of it was done, and every item but the culprit failed with it. An id that the culprit burns stays
  // burnt.
  void fail_all(std::size_t culprit) {
    const Event cause = out_[step_out_ + (culprit - step_first_)];
    state_.rollback();
    out_.resize(out_first_);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (i == culprit) {
        out_.push_back(cause);
        apply(state_, out_.back());
        continue;
      }
      const bool undone = i < culprit;
      const Timestamp now = undone ? times_[i] : context_.time.next();
      out_.push_back(
          {now, context_.book, context_.command, std::visit(FailedWithAnother{now, undone}, items_[i])});
    }
  }

  State& state_;
  const Context& context_;
  const std::vector<BulkItem>& items_;
  std::vector<Event>& out_;
  const std::size_t out_first_;

  std::vector<Timestamp> times_;  // of each item's first event
  std::size_t next_ = 0;          // item
  std::size_t step_first_ = 0;    // item
  std::size_t step_out_ = 0;      // event
};

}  // namespace

void execute_bulk(State& state, const Context& context, const Bulk& command, std::vector<Event>& out) {
  BulkRun(state, context, command, out).run(command.atomic);
}

void begin_dry_run(State& state) { state.begin(); }

void end_dry_run(State& state, std::vector<Event>& out, std::size_t first) {
  state.rollback();
  for (std::size_t i = first; i < out.size(); ++i) out[i].body = preview(out[i].body);
}

}  // namespace florin::ledger
