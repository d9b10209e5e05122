// A batch, item by item: its chains, its imports, and the ladder's rungs that depend on the batch.
#include "engine/ledger/decide.hpp"

#include "engine/ledger/apply.hpp"
#include "engine/ledger/ladder.hpp"

namespace florin::ledger {
namespace {

template <class Item>
struct Words;

template <>
struct Words<Account> {
  using Status = AccountStatus;
  using Created = AccountCreated;
  static constexpr std::uint16_t linked = account_flags::linked;
  static constexpr std::uint16_t imported = account_flags::imported;
};

template <>
struct Words<Transfer> {
  using Status = TransferStatus;
  using Created = TransferCreated;
  static constexpr std::uint16_t linked = transfer_flags::linked;
  static constexpr std::uint16_t imported = transfer_flags::imported;
};

template <class Item>
class Batch {
 public:
  using Status = typename Words<Item>::Status;

  Batch(State& state, const Context& context, const std::vector<Item>& items, std::vector<Event>& out)
      : state_(state),
        context_(context),
        items_(items),
        out_(out),
        out_first_(out.size()),
        end_{context.time.peek().value + items.size() - 1} {}

  void run() {
    out_.reserve(out_.size() + items_.size());
    for (std::size_t index = 0; index < items_.size(); ++index) {
      if (linked(index) && !in_chain_) open_chain(index);
      const Timestamp now = context_.time.next();
      take({now, context_.book, context_.command, judge(index, now)});
      if (in_chain_ && (!linked(index) || last(index))) close_chain();
    }
    FLORIN_ASSERT(out_.size() == out_first_ + items_.size() && !in_chain_);
  }

 private:
  bool linked(std::size_t index) const { return has(items_[index].flags, Words<Item>::linked); }
  bool imported(std::size_t index) const { return has(items_[index].flags, Words<Item>::imported); }
  bool last(std::size_t index) const { return index + 1 == items_.size(); }

  EventBody judge(std::size_t index, Timestamp now) const {
    const Item& item = items_[index];
    if (const Status status = check_place(index); status != Status::created) return refuse(item, status, now);
    return decide_item(state_, {context_.book, now, end_, context_.ledgers}, item);
  }

  // The rungs that an item owes to its place in the batch.
  Status check_place(std::size_t index) const {
    const Item& item = items_[index];
    if (linked(index) && last(index)) return Status::linked_event_chain_open;
    if (chain_broken_) return Status::linked_event_failed;
    // The first item says whether the batch is an import.
    if (imported(0) && !imported(index)) return Status::imported_event_expected;
    if (!imported(0) && imported(index)) return Status::imported_event_not_expected;
    if (!imported(index)) return item.timestamp.value == 0 ? Status::created : Status::timestamp_must_be_zero;
    if (item.timestamp.value < timestamp_min) return Status::imported_event_timestamp_out_of_range;
    if (item.timestamp.value > timestamp_max) return Status::imported_event_timestamp_out_of_range;
    if (item.timestamp >= end_) return Status::imported_event_timestamp_must_not_advance;
    return Status::created;
  }

  void take(Event event) {
    const bool created = std::holds_alternative<typename Words<Item>::Created>(event.body);
    if (!created && in_chain_ && !chain_broken_) break_chain();
    // A failure is applied outside of the chain that it broke: an id that it burns stays burnt.
    apply(state_, event);
    out_.push_back(std::move(event));
  }

  void open_chain(std::size_t index) {
    in_chain_ = true;
    chain_broken_ = false;
    chain_first_ = index;
    state_.begin();
  }

  // Everything that the chain did is undone, and its items so far have failed with it, each at the time that
  // it was created at: an imported one is told its own timestamp, as by TigerBeetle.
  void break_chain() {
    chain_broken_ = true;
    state_.rollback();
    for (std::size_t index = chain_first_; out_first_ + index < out_.size(); ++index) {
      Event& event = out_[out_first_ + index];
      event.body = refuse(items_[index], Status::linked_event_failed,
                          imported(index) ? items_[index].timestamp : event.time);
    }
  }

  void close_chain() {
    if (!chain_broken_) state_.keep();
    in_chain_ = false;
    chain_broken_ = false;
  }

  State& state_;
  const Context& context_;
  const std::vector<Item>& items_;
  std::vector<Event>& out_;
  const std::size_t out_first_;
  const Timestamp end_;

  bool in_chain_ = false;
  bool chain_broken_ = false;
  std::size_t chain_first_ = 0;
};

}  // namespace

void create_accounts(State& state, const Context& context, const CreateAccounts& command,
                     std::vector<Event>& out) {
  Batch<Account>(state, context, command.accounts, out).run();
}

void create_transfers(State& state, const Context& context, const CreateTransfers& command,
                      std::vector<Event>& out) {
  Batch<Transfer>(state, context, command.transfers, out).run();
}

}  // namespace florin::ledger
