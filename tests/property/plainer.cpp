// What is plainer than what: for each field a short list of values, the plainest first.
#include <algorithm>
#include <array>

#include "tests/property/plain_ids.hpp"
#include "tests/property/shrink.hpp"

namespace florin::property {
namespace {

using Accept = std::function<bool(const Story&)>;

class Plainer {
 public:
  Plainer(Story& story, const Accept& accept) : story_(story), accept_(accept) {}

  bool run() {
    all_ids();
    for (std::size_t i = 0; i < story_.steps.size(); ++i) {
      step(i);
      const auto each = [&]<class Command>(const Command& command) {
        for (std::size_t j = 0; j < list(command).size(); ++j)
          any_item(
              [i, j](Story& story) -> auto& { return list(std::get<Command>(story.steps[i].items))[j]; });
      };
      std::visit(each, Items(story_.steps[i].items));
    }
    prefer([](Story& story) -> auto& { return story.memory; }, {ledger::test::Memory::warm});
    return changed_;
  }

 private:
  bool attempt(Story plainer) {
    if (plainer == story_ || !accept_(plainer)) return false;
    story_ = std::move(plainer);
    changed_ = true;
    return true;
  }

  // Tries the values that come before the present one.
  template <class FieldOf, class Value = std::remove_cvref_t<std::invoke_result_t<FieldOf, Story&>>>
  void prefer(FieldOf field_of, std::initializer_list<Value> plainest_first) {
    for (const Value& value : plainest_first) {
      if (field_of(story_) == value) return;
      Story plainer = story_;
      field_of(plainer) = value;
      if (attempt(std::move(plainer))) return;
    }
  }

  void step(std::size_t i) {
    const auto of_step = [i](auto field) {
      return [i, field](Story& story) -> auto& { return story.steps[i].*field; };
    };
    const std::uint64_t before =
        i == 0 ? story_.start : story_.steps[i - 1].stamp + size(story_.steps[i - 1].items);
    const std::uint64_t second = ledger::ns_per_s;
    prefer(of_step(&Step::book), {BookId{1}});
    prefer(of_step(&Step::dry_run), {false});
    if (std::holds_alternative<Bulk>(story_.steps[i].items)) plainer_bulk(i);
    without_imports(i);
    prefer(of_step(&Step::releases_max), {std::size_t{1000}, std::size_t{0}});
    for (const std::uint64_t stamp : {before, before + second, before + 2 * second, before + 3 * second})
      if (stamp < story_.steps[i].stamp && !move_together(i, stamp)) prefer(of_step(&Step::stamp), {stamp});
  }

  // All that comes later keeps its distance.
  bool move_together(std::size_t i, std::uint64_t stamp) {
    Story plainer = story_;
    const std::uint64_t by = story_.steps[i].stamp - stamp;
    for (std::size_t later = i; later < plainer.steps.size(); ++later) plainer.steps[later].stamp -= by;
    return attempt(std::move(plainer));
  }

  void plainer_bulk(std::size_t i) {
    prefer([i](Story& story) -> auto& { return std::get<Bulk>(story.steps[i].items).atomic; }, {false});
    as_batch<Account>(i);
    as_batch<Transfer>(i);
  }

  // A bulk of one kind where that can be said without one.
  template <class Item>
  void as_batch(std::size_t i) {
    std::vector<Item> batch;
    const auto* bulk = std::get_if<Bulk>(&story_.steps[i].items);
    if (bulk == nullptr) return;
    for (const BulkItem& item : bulk->items)
      if (const auto* one = std::get_if<Item>(&item)) batch.push_back(*one);
    if (batch.size() != bulk->items.size()) return;
    Story plainer = story_;
    plainer.steps[i].items = batch;
    attempt(std::move(plainer));
  }

  // A batch is an import as a whole, or none of it is.
  void without_imports(std::size_t i) {
    Story plainer = story_;
    const auto clear = [](auto& item) {
      using Item = std::remove_cvref_t<decltype(item)>;
      if constexpr (requires { item.flags; }) {
        const std::uint16_t imported = std::is_same_v<Item, Account>    ? account_flags::imported
                                       : std::is_same_v<Item, Transfer> ? transfer_flags::imported
                                                                        : transaction_flags::imported;
        item.flags = static_cast<std::uint16_t>(item.flags & ~imported);
        item.timestamp = {};
      }
    };
    each_item(plainer.steps[i].items, clear);
    attempt(std::move(plainer));
  }

  template <class ItemOf>
  void any_item(ItemOf item_of) {
    if constexpr (std::is_same_v<std::invoke_result_t<ItemOf, Story&>, BulkItem&>) {
      const auto of_kind = [&]<class Item>(const Item&) {
        item([item_of](Story& story) -> Item& { return std::get<Item>(item_of(story)); });
      };
      std::visit(of_kind, BulkItem(item_of(story_)));
    } else {
      item(item_of);
    }
  }

  template <class ItemOf>
  void clear_flags(ItemOf item_of) {
    for (unsigned bit = 0; bit < 16; ++bit) {
      Story plainer = story_;
      auto& flags = item_of(plainer).flags;
      flags = static_cast<std::uint16_t>(flags & ~(1u << bit));
      attempt(std::move(plainer));
    }
  }

  template <class ItemOf>
  void shared_fields(ItemOf item_of) {
    prefer([&](Story& story) -> auto& { return item_of(story).user_data_128; }, {u128{0}});
    prefer([&](Story& story) -> auto& { return item_of(story).user_data_64; }, {std::uint64_t{0}});
    prefer([&](Story& story) -> auto& { return item_of(story).user_data_32; }, {0u});
    prefer([&](Story& story) -> auto& { return item_of(story).timestamp; }, {Timestamp{}});
  }

  template <class ItemOf>
    requires std::is_same_v<std::invoke_result_t<ItemOf, Story&>, Account&>
  void item(ItemOf item_of) {
    clear_flags(item_of);
    shared_fields(item_of);
    prefer([&](Story& story) -> auto& { return item_of(story).balances; }, {Balances{}});
    prefer([&](Story& story) -> auto& { return item_of(story).reserved; }, {0u});
    prefer([&](Story& story) -> auto& { return item_of(story).ledger; }, {LedgerId{1}});
    prefer([&](Story& story) -> auto& { return item_of(story).code; }, {std::uint16_t{10}});
  }

  template <class ItemOf>
    requires std::is_same_v<std::invoke_result_t<ItemOf, Story&>, Transfer&>
  void item(ItemOf item_of) {
    clear_flags(item_of);
    shared_fields(item_of);
    prefer([&](Story& story) -> auto& { return item_of(story).timeout; }, {0u, 1u});
    const std::uint16_t flags = item_of(story_).flags;
    const bool posts = (flags & transfer_flags::post_pending_transfer) != 0;
    const bool voids = (flags & transfer_flags::void_pending_transfer) != 0;
    const auto amount = [&](Story& story) -> auto& { return item_of(story).amount; };
    const Amount plainest = posts ? amount_max : voids ? Amount{} : Amount{1};
    prefer(amount, {plainest, Amount{1}, Amount{}, Amount{2}, Amount{3}, Amount{4}, Amount{5}, Amount{10}});
    // A post or void says no more than it must.
    const bool settles = posts || voids;
    prefer([&](Story& story) -> auto& { return item_of(story).ledger; }, {LedgerId{settles ? 0u : 1u}});
    prefer([&](Story& story) -> auto& { return item_of(story).code; }, {std::uint16_t(settles ? 0 : 20)});
    const AccountId plainest_account{settles ? 0u : 1u};
    prefer([&](Story& story) -> auto& { return item_of(story).debit_account_id; },
           {plainest_account, AccountId{1}, AccountId{2}});
    prefer([&](Story& story) -> auto& { return item_of(story).credit_account_id; },
           {plainest_account, AccountId{1}, AccountId{2}});
    if (!settles) {
      prefer([&](Story& story) -> auto& { return item_of(story).pending_id; }, {TransferId{}});
    }
  }

  template <class ItemOf>
    requires std::is_same_v<std::invoke_result_t<ItemOf, Story&>, Transaction&>
  void item(ItemOf item_of) {
    shared_fields(item_of);
    prefer([&](Story& story) -> auto& { return item_of(story).metadata; }, {Metadata{}});
    const bool reverses = item_of(story_).reversal_of.value != 0;
    prefer([&](Story& story) -> auto& { return item_of(story).code; }, {std::uint16_t(reverses ? 0 : 30)});
    fewer_postings(item_of);
    same_amounts(item_of);
  }

  // The same of all postings, so that they balance again, and less than the most so far.
  template <class ItemOf>
  void same_amounts(ItemOf item_of) {
    for (const Amount amount : {Amount{1}, Amount{2}, Amount{3}}) {
      Story plainer = story_;
      auto& postings = item_of(plainer).postings;
      const auto more = [&](const Posting& posting) { return posting.amount > amount; };
      if (std::none_of(postings.begin(), postings.end(), more)) return;
      for (Posting& posting : postings) posting.amount = amount;
      attempt(std::move(plainer));
    }
  }

  // One alone, or two that were in balance.
  template <class ItemOf>
  void fewer_postings(ItemOf item_of) {
    for (std::size_t i = item_of(story_).postings.size(); i-- > 0;)
      for (std::size_t j = i + 1; j-- > 0;) {
        Story plainer = story_;
        auto& postings = item_of(plainer).postings;
        if (i >= postings.size()) break;
        using Difference = std::vector<Posting>::difference_type;
        postings.erase(postings.begin() + static_cast<Difference>(i));
        if (j < i) postings.erase(postings.begin() + static_cast<Difference>(j));
        if (!postings.empty() && attempt(std::move(plainer))) break;
      }
  }

  template <class ItemOf>
    requires std::is_same_v<std::invoke_result_t<ItemOf, Story&>, SetMetadata&>
  void item(ItemOf item_of) {
    prefer([&](Story& story) -> auto& { return item_of(story).changes; },
           {decltype(SetMetadata::changes){{"a", "v"}}, decltype(SetMetadata::changes){{"a", std::nullopt}}});
  }

  template <class ItemOf>
    requires std::is_same_v<std::invoke_result_t<ItemOf, Story&>, SetLimits&>
  void item(ItemOf item_of) {
    prefer([&](Story& story) -> auto& { return item_of(story).limits.debit_balance_max; },
           {std::optional<Amount>(), std::optional(Amount{}), std::optional(Amount{1})});
    prefer([&](Story& story) -> auto& { return item_of(story).limits.credit_balance_max; },
           {std::optional<Amount>(), std::optional(Amount{}), std::optional(Amount{1})});
  }

  void all_ids() {
    attempt(with_plain_ids<AccountId>(story_));
    attempt(with_plain_ids<TransferId>(story_));
    attempt(with_plain_ids<TransactionId>(story_));
  }

  Story& story_;
  const Accept& accept_;
  bool changed_ = false;
};

}  // namespace

bool make_plainer(Story& story, const Accept& accept) { return Plainer(story, accept).run(); }

}  // namespace florin::property
