// What is plainer than what: for each field a short list of values, the plainest first.
#include <algorithm>
#include <array>

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
      const auto each = [&]<class Item>(const std::vector<Item>& items) {
        for (std::size_t j = 0; j < items.size(); ++j)
          item(
              [i, j](Story& story) -> Item& { return std::get<std::vector<Item>>(story.steps[i].items)[j]; });
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

  // A batch is an import as a whole, or none of it is.
  void without_imports(std::size_t i) {
    Story plainer = story_;
    const auto clear = [](auto& items) {
      for (auto& item : items) {
        const std::uint16_t imported = std::is_same_v<std::remove_cvref_t<decltype(item)>, Account>
                                           ? account_flags::imported
                                           : transfer_flags::imported;
        item.flags = static_cast<std::uint16_t>(item.flags & ~imported);
        item.timestamp = {};
      }
    };
    std::visit(clear, plainer.steps[i].items);
    attempt(std::move(plainer));
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

  // Ids are small and close to each other, everywhere in the story.
  void all_ids() {
    rename_ids<AccountId>();
    rename_ids<TransferId>();
  }

  template <class IdType>
  void rename_ids() {
    std::vector<u128> ids;
    for_ids<IdType>(story_, [&](IdType& id) {
      if (std::find(ids.begin(), ids.end(), id.value) == ids.end()) ids.push_back(id.value);
    });
    Story renamed = story_;
    for_ids<IdType>(renamed, [&](IdType& id) {
      id.value = 1 + static_cast<u128>(std::find(ids.begin(), ids.end(), id.value) - ids.begin());
    });
    attempt(std::move(renamed));
  }

  // In order of appearance; 0 and the maximum are no names.
  template <class IdType, class Visit>
  static void for_ids(Story& story, Visit visit) {
    const auto take = [&](auto& id) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(id)>, IdType>)
        if (id.value != 0 && id.value != u128_max) visit(id);
    };
    const auto each = [&](auto& items) {
      for (auto& item : items) {
        take(item.id);
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(item)>, Transfer>) {
          take(item.debit_account_id);
          take(item.credit_account_id);
          take(item.pending_id);
        }
      }
    };
    for (Step& step : story.steps) std::visit(each, step.items);
  }

  Story& story_;
  const Accept& accept_;
  bool changed_ = false;
};

}  // namespace

bool make_plainer(Story& story, const Accept& accept) { return Plainer(story, accept).run(); }

}  // namespace florin::property
