// The view of history with transfers of two ledgers, and the queries over all transfers of its book.
#pragma once

#include "projections/transfers.hpp"
#include "tests/projections/rig.hpp"

namespace florin::test {

using namespace florin::projections;

inline constexpr BookId book{7};
inline constexpr LedgerId euro{700}, dollar{800};
inline constexpr AccountId alice{1}, bob{2}, carla{3}, dora{4};  // two of each ledger

struct TransfersRig : Rig<HistoryView> {
  BookModel model{book};
  QueryBounds bounds;

  TransfersRig() {
    log.append({model.open_account(alice, euro, 1), model.open_account(bob, euro, 1),
                model.open_account(carla, dollar, 1), model.open_account(dora, dollar, 1)});
    start();
  }
  Transfer made(u128 id, AccountId from = alice, AccountId to = bob) {
    Transfer transfer;
    transfer.id.value = id;
    transfer.debit_account_id = from;
    transfer.credit_account_id = to;
    transfer.amount.value = id;
    transfer.code = 1;
    return transfer;
  }
  void pay(const Transfer& transfer) { log.append({model.transfer(transfer)}); }
  Result<Answer<Page<TransferRow>>> ask(const TransferFilter& filter, const Slice& slice = {}) {
    catch_up();
    return HostedTransfers(*host, bounds).transfers(book, filter, slice);
  }
  std::vector<u128> ids(const TransferFilter& filter, const Slice& slice = {}) {
    const auto answer = ask(filter, slice);
    REQUIRE(answer);
    CHECK(answer->at == log.tail().position);
    std::vector<u128> found;
    for (const TransferRow& row : answer->value.rows) found.push_back(row.transfer.id.value);
    return found;
  }
};

using Ids = std::vector<u128>;

}  // namespace florin::test
