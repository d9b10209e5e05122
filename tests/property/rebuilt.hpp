// A ledger's state made of nothing but its events: every table of rows that it has.
#pragma once

#include "tests/engine/ledger/world.hpp"

namespace florin::property {

// It has no store: whatever an event touches and nobody created is known to be absent.
class Rebuilt {
 public:
  void apply(const Event& event) {
    state_.marks.load(event.book, std::nullopt);
    std::visit([&](const auto& body) { know(event.book, body); }, event.body);
    ledger::apply(state_, event);
  }
  ledger::test::Rows rows() {
    ledger::test::Rows out;
    changes(state_, [&out](const RowChange& row) {
      if (row.value)
        out.emplace(Bytes(row.key.begin(), row.key.end()), Bytes(row.value->begin(), row.value->end()));
    });
    return out;
  }

 private:
  void know(BookId book, const AccountCreated& e) {
    state_.accounts.load({book, e.account.id}, std::nullopt);
  }
  void know(BookId book, const TransferCreated& e) {
    state_.transfer_ids.load({book, e.transfer.id}, std::nullopt);
  }
  void know(BookId book, const TransferRefused& e) { state_.transfer_ids.load({book, e.id}, std::nullopt); }
  void know(BookId book, const TransactionCreated& e) {
    state_.transactions.load({book, e.transaction.id}, std::nullopt);
  }
  void know(BookId book, const TransactionRefused& e) {
    state_.transactions.load({book, e.id}, std::nullopt);
  }
  void know(BookId book, const MetadataSet& e) { state_.metadata.load({book, e.target}, std::nullopt); }
  template <class Other>
  void know(BookId, const Other&) {}

  ledger::State state_;
};

}  // namespace florin::property
