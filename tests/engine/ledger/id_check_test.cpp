// Every id bears exactly one row: each kind of damage is seen, and named.
#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

Rows good_rows() {
  Bank bank;
  REQUIRE(bank.answers({transfer(1, Bank::alice, Bank::bob, 5), hold(2, Bank::alice, Bank::bob, 5, 60),
                        post(3, 2, 4), transfer(77, Bank::alice, 1234, 5)}) ==
          "created, created, created, credit_account_not_found");  // the last one burns its id
  return bank.rows;
}

// What the tables say as a whole, and which rows it is.
struct Seen {
  bool agree = false;
  std::vector<std::string> as_a_whole, named;
};

Seen look(const Rows& rows) {
  InvariantCheck check;
  Seen seen;
  for (const auto& [key, value] : rows) {
    REQUIRE(check.row(key, value));
    const auto pair = id_pair(key, value);
    if (!pair) continue;
    const auto other = rows.find(counterpart_key(*pair));
    const auto wrong =
        contradiction(*pair, other == rows.end() ? std::nullopt : std::optional(other->second));
    if (wrong) seen.named.push_back(*wrong);
  }
  seen.agree = check.ids().tables_agree();
  seen.as_a_whole = check.ids().findings().kept();
  return seen;
}

Timestamp time_of(const Rows& rows, u128 transfer) {
  const InBook<TransferId> key{{1}, {transfer}};
  return decode_transfer_id(key, rows.at(transfer_id_key(key)))->transfer;
}
std::string told(Timestamp timestamp) { return to_string(timestamp); }

using Sentences = std::vector<std::string>;

}  // namespace

TEST_CASE("given sound rows, with a burnt id among them, then the tables agree and no row is named") {
  const Seen seen = look(good_rows());
  CHECK(seen.agree);
  CHECK(seen.as_a_whole.empty());
  CHECK(seen.named.empty());
}

TEST_CASE("given a transfer's id without a transfer, then the id is named") {
  Rows rows = good_rows();
  const Timestamp at = time_of(rows, 3);
  rows.erase(transfer_key({{1}, at}));
  const Seen seen = look(rows);
  CHECK_FALSE(seen.agree);
  CHECK(
      seen.as_a_whole.at(0) ==
      "the ids and timestamps of 4 transfers are not those of the 5 rows of transfer ids that are not burnt");
  CHECK(seen.named == Sentences{"book 1, transfer 3: its id names the timestamp " + told(at) +
                                ", where no transfer bears the id"});
}

TEST_CASE("given a transfer without an id row, or with a burnt one, then the transfer is named") {
  const std::string sentence = "book 1, transfer 1: its row of timestamp " + told(time_of(good_rows(), 1)) +
                               " is not the one that its id names";
  Rows rows = good_rows();
  rows.erase(transfer_id_key({{1}, {1}}));
  CHECK(look(rows).named == Sentences{sentence});
  rows[transfer_id_key({{1}, {1}})] = encode_row(TransferIdRow{});
  CHECK(look(rows).named == Sentences{sentence});
}

TEST_CASE("given two transfers that bear one id, then counts agree, and both rows are named all the same") {
  Rows rows = good_rows();
  const InBook<Timestamp> key{{1}, time_of(rows, 1)};
  TransferRow row = *decode_transfer(key, rows.at(transfer_key(key)));
  row.transfer.id.value = 3;
  rows[transfer_key(key)] = encode_row(row);
  const Seen seen = look(rows);
  CHECK_FALSE(seen.agree);
  CHECK(seen.as_a_whole.at(0).find("of 5 transfers are not those of the 5 rows") != std::string::npos);
  CHECK(seen.named == Sentences{"book 1, transfer 1: its id names the timestamp " + told(key.id) +
                                    ", where no transfer bears the id",
                                "book 1, transfer 3: its row of timestamp " + told(key.id) +
                                    " is not the one that its id names"});
}

TEST_CASE("given an id that names another transfer's timestamp, then it is named with the transfer it left") {
  Rows rows = good_rows();
  rows[transfer_id_key({{1}, {1}})] = encode_row(TransferIdRow{time_of(rows, 3)});
  const Seen seen = look(rows);
  CHECK_FALSE(seen.agree);
  CHECK(seen.named.size() == 2);
}

TEST_CASE("given accounts and account times that differ, then the account is named from either side") {
  Rows rows = good_rows();
  const InBook<AccountId> key{{1}, {Bank::alice}};
  const Account alice = *decode_account(key, rows.at(account_key(key)));
  const std::string at = told(alice.timestamp);
  rows.erase(account_time_key({{1}, alice.timestamp}));
  CHECK_FALSE(look(rows).agree);
  CHECK(look(rows).named ==
        Sentences{"book 1, account 2: its row of timestamp " + at + " is not the one that its id names"});
  rows = good_rows();
  rows.erase(account_key(key));
  CHECK(look(rows).named ==
        Sentences{"book 1, account 2: its id names the timestamp " + at + ", where no account bears the id"});
}

TEST_CASE("given marks that are not the newest timestamps, or are missing, then the book is named") {
  Rows rows = good_rows();
  BookMarks marks = *decode_marks({1}, rows.at(marks_key({1})));
  marks.last_transfer.value -= 1;
  rows[marks_key({1})] = encode_row(marks);
  CHECK(look(rows).agree);
  CHECK(look(rows).as_a_whole.size() == 1);
  CHECK(look(rows).as_a_whole.at(0).find("book 1: its newest transfer is of ") == 0);
  marks = *decode_marks({1}, good_rows().at(marks_key({1})));
  marks.greatest_transfer_id.value -= 1;
  rows[marks_key({1})] = encode_row(marks);
  CHECK(look(rows).as_a_whole.size() == 1);
  CHECK(look(rows).as_a_whole.at(0).find("book 1: it has the transfer ") == 0);
  rows.erase(marks_key({1}));
  CHECK(look(rows).as_a_whole.size() == 3);
}

}  // namespace florin::ledger::test
