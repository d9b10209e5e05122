// The view of history with three accounts, and the queries about them.
#pragma once

#include "projections/history.hpp"
#include "projections/history_rows.hpp"
#include "tests/projections/rig.hpp"

namespace florin::test {

using namespace florin::projections;

inline constexpr BookId book{7};
inline constexpr LedgerId euro{700};
inline constexpr AccountId alice{1}, bob{2}, carol{3};  // bob keeps no history

struct HistoryRig : Rig<HistoryView> {
  BookModel model{book};

  HistoryRig() {
    log.append({model.open_account(alice, euro, 1, account_flags::history), model.open_account(bob, euro, 1),
                model.open_account(carol, euro, 1, account_flags::history)});
  }
  Transfer pay(TransferId id, AccountId from, AccountId to, std::uint16_t flags = 0,
               TransferId pending = {}) {
    Transfer made;
    made.id = id;
    made.debit_account_id = from;
    made.credit_account_id = to;
    made.amount.value = 10;
    made.flags = flags;
    made.pending_id = pending;
    made.code = static_cast<std::uint16_t>(id.value % 2 + 1);
    made.user_data_64 = static_cast<std::uint64_t>(id.value % 3);
    log.append({model.transfer(made)});
    return model.entries().back().transfer;
  }
  TransferRow transfer(TransferId id) {
    catch_up();
    const auto answer = HostedHistory(*host).transfer(book, id);
    REQUIRE(answer);
    REQUIRE(answer->value);
    CHECK(answer->at == log.tail().position);
    return *answer->value;
  }
  Page<TransferRow> list(AccountId id, const HistoryFilter& filter) {
    catch_up();
    auto answer = HostedHistory(*host).account_transfers(book, id, filter);
    REQUIRE(answer);
    return std::move(answer->value);
  }
  Page<BalanceRow> balances(AccountId id, const HistoryFilter& filter) {
    catch_up();
    auto answer = HostedHistory(*host).account_balances(book, id, filter);
    REQUIRE(answer);
    return std::move(answer->value);
  }
};

inline std::vector<u128> ids(const Page<TransferRow>& page) {
  std::vector<u128> found;
  for (const TransferRow& row : page.rows) found.push_back(row.transfer.id.value);
  return found;
}

}  // namespace florin::test
