// The trial balance of past moments against a model that adds up everything.
#include "projections/trial_past.hpp"
#include "tests/projections/any_command.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace {

constexpr BookId book{7};
constexpr LedgerId euro{700};
constexpr AccountId cash{1}, alice{2};
constexpr std::uint64_t seed = 815;

// Checkpoints after every few moves, so that little books have many.
struct EagerView : BalancesView {
  EagerView() : BalancesView(5) {}
};

using Trial = std::vector<TrialBalanceRow>;

Trial expected(const BookModel& model, Timestamp at) {
  std::map<std::pair<LedgerId, std::uint16_t>, TrialBalanceRow> sums;
  for (const auto& [id, account] : model.accounts()) {
    if (account.timestamp > at) continue;
    TrialBalanceRow& row = sums[{account.ledger, account.code}];
    row.ledger = account.ledger;
    row.code = account.code;
    row.accounts += 1;
    const Balances stood = model.balances_at(id, at).value_or(BalancesAt{}).balances.value();
    row.sums.debits_pending += {stood.debits_pending.value};
    row.sums.debits_posted += {stood.debits_posted.value};
    row.sums.credits_pending += {stood.credits_pending.value};
    row.sums.credits_posted += {stood.credits_posted.value};
  }
  Trial rows;
  for (const auto& [key, row] : sums) rows.push_back(row);
  return rows;
}

bool same(const Trial& a, const Trial& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.ledger == y.ledger && x.code == y.code && x.accounts == y.accounts && x.sums == y.sums;
  });
}

// Moves that a query adds up at most: the most that lie between two checkpoints or behind the last.
std::size_t largest_gap(const ViewHost& host, const BookModel& model) {
  const auto reading = host.read();
  REQUIRE(reading);
  std::size_t largest = 0;
  for (const auto& move : model.moves()) {
    const auto checkpoint = checkpoint_before(reading->rows(), book, move.at);
    REQUIRE(checkpoint);
    std::size_t behind = 0;
    REQUIRE(each_move(reading->rows(), book, *checkpoint, move.at, [&](const TrialMove&) { ++behind; }));
    largest = std::max(largest, behind);
  }
  return largest;
}

std::set<std::uint64_t> moments_of(const BookModel& model) {
  std::set<std::uint64_t> moments{0, ~std::uint64_t{0}};
  for (const auto& move : model.moves()) moments.insert({move.at.value - 1, move.at.value});
  for (const auto& [id, account] : model.accounts())
    moments.insert({account.timestamp.value - 1, account.timestamp.value});
  return moments;
}

void check_every_moment(const ViewHost& host, const BookModel& model) {
  const HostedBalances query(const_cast<ViewHost&>(host));
  for (const std::uint64_t moment : moments_of(model)) {
    CAPTURE(moment);
    const auto answer = query.trial_balance(book, Timestamp{moment});
    REQUIRE(answer);
    REQUIRE(same(answer->value, expected(model, {moment})));
  }
}

}  // namespace

TEST_CASE("given a payment, when the trial balance of a moment is asked for, then it has what was there") {
  Rig<BalancesView> rig;
  BookModel model(book);
  rig.start();
  rig.log.append({model.open_account(cash, euro, 10), model.open_account(alice, euro, 20)});
  Transfer made;
  made.id = {1};
  made.debit_account_id = cash;
  made.credit_account_id = alice;
  made.amount.value = 5;
  model.pass(100);
  rig.log.append({model.transfer(made)});
  rig.catch_up();
  const HostedBalances query(*rig.host);
  const auto at = [&](std::uint64_t moment) { return query.trial_balance(book, Timestamp{moment})->value; };
  CHECK(at(1000).empty());      // before there was an account: no row, and not a row of zeros
  CHECK(at(1001).size() == 1);  // cash alone
  REQUIRE(at(1102).size() == 2);
  CHECK(at(1102)[0].sums == WideBalances());
  CHECK(at(1103)[0].sums == WideBalances{{}, {5}, {}, {}});
  CHECK(at(1103)[1].sums == WideBalances{{}, {}, {}, {5}});
  CHECK(query.trial_balance({8}, Timestamp{1103})->value.empty());
}

TEST_CASE("given random commands, imports and restarts, then every past moment is the sum of all before it") {
  for (std::uint64_t round = 0; round < 12; ++round) {
    CAPTURE(seed + round);
    Rig<EagerView> rig;
    BookModel model(book);
    std::mt19937_64 dice(seed + round);
    AnyCommand any(model, dice);
    rig.start();
    for (int record = 0; record < 60; ++record) {
      std::vector<Event> events;
      for (std::uint64_t i = 0; i <= dice() % 8; ++i) events.push_back(any());
      rig.log.append(std::move(events));
      if (dice() % 3 == 0) rig.catch_up();
      if (dice() % 20 == 0) rig.start();
    }
    rig.catch_up();
    check_every_moment(*rig.host, model);
    CHECK(largest_gap(*rig.host, model) <= 5);
  }
}

// Accounts of today come first; then a long past is imported, all of it before their checkpoints.
TEST_CASE("given an imported past before many checkpoints, then it gets checkpoints of its own") {
  Rig<EagerView> rig;
  BookModel model(book, 1'000'000);
  rig.start();
  rig.log.append({model.import_account(cash, euro, 10, {100}), model.import_account(alice, euro, 20, {101})});
  std::vector<Event> events;
  for (std::uint64_t id = 10; id < 60; ++id) events.push_back(model.open_account({id}, euro, 20));
  rig.log.append(std::move(events));
  for (std::uint64_t id = 1; id <= 50; ++id) {
    Transfer made;
    made.id = {id};
    made.debit_account_id = cash;
    made.credit_account_id = alice;
    made.amount.value = id;
    made.flags = transfer_flags::imported;
    made.timestamp = {1000 + id};
    rig.log.append({model.transfer(made)});
    rig.catch_up();
  }
  check_every_moment(*rig.host, model);
  CHECK(largest_gap(*rig.host, model) <= 5);
}

TEST_CASE("given a move, when it is written and read, then it is the same") {
  TrialMove move{book, {77}, MoveKind::transfer, euro, 10, 20, {5}, {u128_max}};
  SUBCASE("a transfer") {}
  SUBCASE("an expiry") {
    move.kind = MoveKind::expiry;
    move.posted = {};
    move.pending = {};
    move.pending -= {u128_max};
  }
  SUBCASE("an account") { move = {book, {77}, MoveKind::account_created, euro, 10, 0, {}, {}}; }
  std::vector<TrialMove> row{move, move}, read;
  row.back().at = {99};
  const Bytes value = encode(row);
  CHECK(read_moves(key_of(move), value, read));
  CHECK(read == row);
  for (std::size_t cut = 0; cut < value.size(); ++cut)
    if (const ByteView part = ByteView(value).first(cut); read_moves(key_of(move), part, read)) {
      CHECK(encode(std::span(row).first(1)).size() == cut);  // a whole row as well
    }
}
