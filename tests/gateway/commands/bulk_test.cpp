// Transactions, reversals, metadata, limits, bulks and dry runs over the API: what becomes of a body, and the
// answer.
#include <doctest/doctest.h>

#include "tests/gateway/commands/fixture.hpp"

namespace florin::gateway::testing {
namespace {

const Bulk& bulk_of(const Fixture& f) { return std::get<Bulk>(f.port.taken.back().body); }

}  // namespace

TEST_CASE("a transaction is read with all its fields, and its transfers are part of its one result") {
  Fixture f;
  Transaction stored;
  stored.timestamp = {50};
  f.port.events = {
      TransactionCreated{stored, 2}, TransferCreated{}, TransferCreated{},
      TransactionRefused{{2}, TransactionStatus::exceeds_credits, {54}, 1, Available{{7}, {30}}}};
  const Response response =
      f.post("ledger/transactions", R"({"transactions":[{"id":"1","code":3,"user_data_128":"4",
      "user_data_64":"5","user_data_32":6,"flags":["imported"],"timestamp":"9","metadata":{"b":"2","a":"1"},
      "postings":[{"account_id":"7","side":"debit","amount":"10"},{"account_id":"8","side":"credit","amount":"10"}]},
      {"id":"2","postings":[{"account_id":"7","side":"debit","amount":"10"}]}]})");
  CHECK(response.status == 200);
  CHECK(
      response.body ==
      R"({"results":[{"status":"created","timestamp":"50"},{"status":"exceeds_credits","timestamp":"54","posting":1,)"
      R"("account_id":"7","available":"30"}],"position":")" +
          encode_position({{1}, {103}}) + "\"}");
  const auto& items = bulk_of(f).items;
  REQUIRE(items.size() == 2);
  const auto& sent = std::get<Transaction>(items[0]);
  CHECK(sent.postings ==
        std::vector<Posting>{{{7}, PostingSide::debit, {10}, {}}, {{8}, PostingSide::credit, {10}, {}}});
  CHECK(sent.metadata == Metadata{{"a", "1"}, {"b", "2"}});
  CHECK(sent.flags == transaction_flags::imported);
  CHECK(sent.timestamp == Timestamp{9});
  CHECK_FALSE(bulk_of(f).atomic);
}

TEST_CASE("a reversal names its original in the path; without postings it is of all that is left") {
  Fixture f;
  f.port.events = {TransactionCreated{{}, 1}, TransferCreated{}};
  CHECK(f.post("ledger/transactions/77/reversals", R"({"id":"2"})").status == 200);
  const auto& whole = std::get<Transaction>(bulk_of(f).items.at(0));
  CHECK(whole.reversal_of == TransactionId{77});
  CHECK(whole.flags == transaction_flags::whole);
  CHECK(f.post("ledger/transactions/77/reversals",
               R"({"id":"2","postings":[{"account_id":"7","side":"credit","amount":"10"}]})")
            .status == 200);
  CHECK(std::get<Transaction>(bulk_of(f).items.at(0)).flags == 0);
  CHECK(f.post("ledger/transactions/-1/reversals", R"({"id":"2"})").status == 400);
  CHECK(f.post("ledger/transactions/0/reversals", R"({"id":"2"})").status == 400);
}

TEST_CASE("limits are set and taken away, and metadata is set and erased, on what the path names") {
  Fixture f;
  f.port.events = {LimitsSet{{5}, {}}};
  CHECK(has(
      f.send("PUT", "ledger/accounts/5/limits", R"({"debit_balance_max":"500","credit_balance_max":null})"),
      R"("status":"set")"));
  CHECK(std::get<SetLimits>(bulk_of(f).items.at(0)) == SetLimits{{5}, {Amount{500}, std::nullopt}});
  f.port.events = {MetadataRefused{{}, MetadataStatus::target_not_found}};
  for (const auto& [path, kind] : {std::pair{"ledger/accounts/5/metadata", TargetKind::account},
                                   std::pair{"ledger/transfers/5/metadata", TargetKind::transfer},
                                   std::pair{"ledger/transactions/5/metadata", TargetKind::transaction}}) {
    CHECK(has(f.send("PATCH", path, R"({"metadata":{"k":"v","gone":null}})"),
              R"("status":"target_not_found")"));
    CHECK(std::get<SetMetadata>(bulk_of(f).items.at(0)) ==
          SetMetadata{{kind, 5}, {{"gone", std::nullopt}, {"k", "v"}}});
  }
}

TEST_CASE("a bulk has items of each kind, and each result tells the kind of its item") {
  Fixture f;
  f.port.events = {AccountCreated{},
                   TransferRefused{{2}, TransferStatus::exists, {5}},
                   TransactionCreated{{}, 1},
                   TransferCreated{},
                   TransactionCreated{{}, 1},
                   TransferCreated{},
                   MetadataSet{},
                   TransactionRefused{{5}, TransactionStatus::exists, {6}},
                   LimitsSet{}};
  const Response response =
      f.post("ledger/bulk", R"({"atomic":true,"items":[{"account":{"id":"1","ledger":1,"code":1}},
      {"transfer":{"id":"2"}},{"transaction":{"id":"3","postings":[{"account_id":"7","side":"debit","amount":"10"}]}},
      {"reversal":{"id":"4","transaction_id":"3"}},{"metadata":{"transfer_id":"2","set":{"k":"v"}}},
      {"reversal":{"id":"5","transaction_id":"3"}},{"limits":{"account_id":"1","credit_balance_max":"9"}}]})");
  CHECK(response.status == 200);
  CHECK(has(response, R"({"kind":"account","status":"created")"));
  CHECK(has(response, R"({"kind":"transfer","status":"exists","timestamp":"5"})"));
  CHECK(has(response, R"({"kind":"transaction","status":"created","timestamp":"0"})"));
  CHECK(has(response, R"({"kind":"reversal","status":"created","timestamp":"0"})"));
  CHECK(has(response, R"({"kind":"metadata","status":"set")"));
  CHECK(has(response, R"({"kind":"reversal","status":"exists","timestamp":"6"})"));
  CHECK(has(response, R"({"kind":"limits","status":"set")"));
  CHECK(bulk_of(f).atomic);
  const auto& items = bulk_of(f).items;
  REQUIRE(items.size() == 7);
  for (std::size_t i = 0; i < 3; ++i) CHECK(items[i].index() == i);
  CHECK(std::get<Transaction>(items[3]).reversal_of == TransactionId{3});
  CHECK(std::get<SetMetadata>(items[4]).target == Target{TargetKind::transfer, 2});
  CHECK(std::get<SetLimits>(items[6]) == SetLimits{{1}, {std::nullopt, Amount{9}}});
}

TEST_CASE("a dry run answers with what each item would leave behind") {
  Fixture f;
  Transfer moved;
  moved.debit_account_id = {1};
  moved.credit_account_id = {2};
  moved.amount = {30};
  f.port.events = {preview(TransferCreated{moved, {{{}, {30}, {}, {}}, 0}, {{{}, {}, {}, {30}}, 0}})};
  const Response response = f.post("ledger/transfers", R"({"transfers":[{}],"dry_run":true})");
  CHECK(f.port.taken.back().header.dry_run);
  CHECK(has(
      response,
      R"("amount":"30","accounts":[{"account_id":"1","debits_pending":"0","debits_posted":"30","credits_pending":)"
      R"("0","credits_posted":"0"},{"account_id":"2",)"));
  CHECK(has(response, R"("dry_run":true,"position")"));
}

TEST_CASE("a body that is wrong is refused at the place that is wrong") {
  struct Row {
    std::string_view method, path, body, pointer, code;
  };
  const std::vector<Row> table{
      {"POST", "ledger/transactions", R"({})", "/transactions", "required"},
      {"POST", "ledger/transactions", R"({"transactions":[{"id":"1"}]})", "/transactions/0/postings",
       "required"},
      {"POST", "ledger/transactions", R"({"transactions":[{"postings":[]}]})", "/transactions/0/postings",
       "too_few_items"},
      {"POST", "ledger/transactions", R"({"transactions":[{"postings":[{"side":"left"}]}]})",
       "/transactions/0/postings/0/side", "invalid"},
      {"POST", "ledger/transactions", R"({"transactions":[{"postings":[{"side":"debit","amount":"-1"}]}]})",
       "/transactions/0/postings/0/amount", "not_canonical"},
      {"POST", "ledger/transactions", R"({"transactions":[{"postings":[{"side":"debit","ledger":1}]}]})",
       "/transactions/0/postings/0/ledger", "unknown_field"},
      {"POST", "ledger/transactions",
       R"({"transactions":[{"flags":["linked"],"postings":[{"side":"debit"}]}]})", "/transactions/0/flags/0",
       "unknown_flag"},
      {"POST", "ledger/transactions",
       R"({"transactions":[{"metadata":{"a":1},"postings":[{"side":"debit"}]}]})",
       "/transactions/0/metadata/a", "invalid"},
      {"POST", "ledger/transactions",
       R"({"transactions":[{"metadata":{"a":null},"postings":[{"side":"debit"}]}]})",
       "/transactions/0/metadata/a", "wrong_type"},
      {"POST", "ledger/transactions",
       R"({"transactions":[{"metadata":{"":"x"},"postings":[{"side":"debit"}]}]})",
       "/transactions/0/metadata/", "invalid"},
      {"POST", "ledger/transactions/1/reversals", R"({"id":"1","postings":null})", "/postings", "wrong_type"},
      {"POST", "ledger/bulk", R"({"items":[{}]})", "/items/0", "invalid"},
      {"POST", "ledger/bulk", R"({"items":[{"account":{},"transfer":{}}]})", "/items/0", "invalid"},
      {"POST", "ledger/bulk", R"({"items":[{"wallet":{}}]})", "/items/0", "invalid"},
      {"POST", "ledger/bulk", R"({"items":[{"metadata":{"set":{}}}]})", "/items/0/metadata", "invalid"},
      {"POST", "ledger/bulk", R"({"items":[{"metadata":{"account_id":"1","transfer_id":"2"}}]})",
       "/items/0/metadata", "invalid"},
      {"POST", "ledger/bulk", R"({"items":[{"account":{"id":1.5}}]})", "/items/0/account/id",
       "not_canonical"},
      {"POST", "ledger/bulk", R"({"items":[{"account":5}]})", "/items/0/account", "wrong_type"},
      {"POST", "ledger/bulk", R"({"atomic":"yes","items":[{"account":{}}]})", "/atomic", "wrong_type"},
      {"PUT", "ledger/accounts/1/limits", R"({"debit_balance_max":"1e3"})", "/debit_balance_max",
       "not_canonical"},
      {"PUT", "ledger/accounts/1/limits", R"({"overdraft":"1"})", "/overdraft", "unknown_field"},
      {"PATCH", "ledger/accounts/1/metadata", R"({})", "/metadata", "required"},
      {"PATCH", "ledger/accounts/1/metadata", R"({"metadata":{"a\u0007":"x"}})", "/metadata/a\\u0007",
       "invalid"},
      {"POST", "ledger/ledgers", R"({"ledgers":[],"dry_run":true})", "/dry_run", "unknown_field"},
  };
  Fixture f;
  for (const Row& row : table) {
    CAPTURE(row.body);
    const Response response = f.send(row.method, row.path, std::string(row.body));
    CHECK(response.status == 422);
    CHECK(has(response,
              "\"pointer\":\"" + std::string(row.pointer) + "\",\"code\":\"" + std::string(row.code) + "\""));
  }
  CHECK(f.port.taken.empty());
}

TEST_CASE(
    "more postings than a transaction or a bulk may have are refused, whole reversals counted as the "
    "largest") {
  Fixture f;
  const auto postings = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += std::string(i ? "," : "") + R"({"account_id":"1","side":"debit","amount":"1"})";
    return "[" + text + "]";
  };
  CHECK(has(f.post("ledger/transactions", R"({"transactions":[{"postings":)" + postings(1001) + "}]}"),
            R"("pointer":"/transactions/0/postings","code":"too_many_items")"));
  std::string nine, eight, rest;
  for (int i = 0; i < 189; ++i) rest += R"(,{"account":{"id":"1"}})";
  for (int i = 0; i < 9; ++i) {
    nine += std::string(i ? "," : "") + R"({"reversal":{"id":"1","transaction_id":"2"}})";
    if (i < 8) eight = nine;
  }
  f.port.events.assign(8, TransactionRefused{});
  CHECK(f.post("ledger/bulk", R"({"items":[)" + eight + "]}").status == 200);
  CHECK(has(f.post("ledger/bulk", R"({"items":[)" + nine + "]}"),
            R"("pointer":"/items","code":"too_many_items")"));
  // 8 * 1,000 and 189 others are as many as may be.
  f.port.events = {CommandRefused{}};
  f.port.taken.clear();
  f.post("ledger/bulk", R"({"items":[)" + eight + rest + "]}");
  CHECK(f.port.taken.size() == 1);
  CHECK(has(f.post("ledger/bulk", R"({"items":[)" + eight + rest + R"(,{"account":{}}]})"),
            R"("pointer":"/items","code":"too_many_items")"));
}

TEST_CASE("a repeated key is one call: the same body on another path is another call") {
  Fixture f;
  f.port.events = {LimitsSet{}};
  const NamedValues key{{"idempotency-key", "k"}};
  f.send("PUT", "ledger/accounts/1/limits", "{}", key);
  f.send("PUT", "ledger/accounts/2/limits", "{}", key);
  REQUIRE(f.port.taken.size() == 2);
  CHECK(f.port.taken[0].header.keyed.at(0).id == f.port.taken[1].header.keyed.at(0).id);
  CHECK(f.port.taken[0].header.keyed.at(0).fingerprint != f.port.taken[1].header.keyed.at(0).fingerprint);
}

}  // namespace florin::gateway::testing
