// Private to plainer.cpp: ids that are small and close to each other, everywhere in a story.
#pragma once

#include <algorithm>

#include "tests/property/story.hpp"

namespace florin::property {

template <class Visit>
void each_item(Items& items, Visit visit) {
  const auto one = [&](auto& item) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(item)>, BulkItem>) std::visit(visit, item);
    else visit(item);
  };
  std::visit([&](auto& command) { std::for_each(list(command).begin(), list(command).end(), one); }, items);
}

template <class Take>
void each_id(Account& item, Take take) {
  take(item.id);
}
template <class Take>
void each_id(Transfer& item, Take take) {
  take(item.id);
  take(item.debit_account_id);
  take(item.credit_account_id);
  take(item.pending_id);
}
template <class Take>
void each_id(Transaction& item, Take take) {
  take(item.id);
  take(item.reversal_of);
  for (Posting& posting : item.postings) take(posting.account);
}
template <class Take>
void each_id(SetMetadata& item, Take take) {
  const auto take_as = [&](auto id) {
    id.value = item.target.id;
    take(id);
    item.target.id = id.value;
  };
  if (item.target.kind == TargetKind::account) take_as(AccountId{});
  else if (item.target.kind == TargetKind::transfer) take_as(TransferId{});
  else take_as(TransactionId{});
}
template <class Take>
void each_id(SetLimits& item, Take take) {
  take(item.account);
}

// In order of appearance; 0 and the maximum are no names, and a leg has its transaction's.
template <class IdType, class Visit>
void for_ids(Story& story, Visit visit) {
  const auto take = [&](auto& id) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(id)>, IdType>)
      if (id.value != 0 && id.value < leg_id_bit) visit(id);
  };
  for (Step& step : story.steps) each_item(step.items, [&](auto& item) { each_id(item, take); });
}

template <class IdType>
Story with_plain_ids(Story story) {
  std::vector<u128> ids;
  for_ids<IdType>(story, [&](IdType& id) {
    const auto found = std::find(ids.begin(), ids.end(), id.value);
    const auto index = found - ids.begin();
    if (found == ids.end()) ids.push_back(id.value);
    id.value = 1 + static_cast<u128>(index);
  });
  return story;
}

}  // namespace florin::property
