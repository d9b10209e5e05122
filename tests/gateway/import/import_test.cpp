// An import as a whole, against a server that keeps what it was sent.
#include "gateway/import/import.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include "engine/base/hash.hpp"
#include "tests/gateway/import/fake_http.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin::importing::test {
namespace {

using nlohmann::json;

// Keeps items by id and answers as the real one: created, then exists.
class Book {
 public:
  Result<HttpAnswer> answer(const HttpCall& call) {
    if (calls_left_ == 0) return problem(500, "gone");
    --calls_left_;
    const std::string path = call.path.substr(std::string("/api/v1").size());
    if (path.starts_with("/ledger/accounts?")) return accounts(path);
    if (call.method == "GET") return HttpAnswer{200, json{{"data", ledgers}, {"next", nullptr}}.dump(), 0};
    const json body = json::parse(call.body);
    const bool dry = body.value("dry_run", false);
    if (path == "/ledger/bulk")
      return results(call, "items", [&](const json& item) {
        const std::string id = item.at("metadata").at("account_id");
        if (ids.count("account " + id) == 0) return "target_not_found";
        if (!dry) metadata[id].update(item.at("metadata").at("set"));
        return "set";
      });
    const std::string list = path.substr(path.rfind('/') + 1);
    return results(call, list, [&](const json& item) { return take(list, item, dry); });
  }
  void break_after(std::size_t calls) { calls_left_ = calls; }

  json ledgers = json::array();
  std::map<std::string, json> ids, metadata;  // metadata by the id of its account

 private:
  // Those that the call names, with what they bear.
  HttpAnswer accounts(const std::string& path) const {
    json rows = json::array();
    for (const auto& [id, borne] : metadata)
      if (path.find(id) != std::string::npos) rows.push_back({{"id", id}, {"metadata", borne}});
    return {200, json{{"data", rows}, {"next", nullptr}}.dump(), 0};
  }

  std::string take(const std::string& list, const json& item, bool dry) {
    if (list == "ledgers") {
      ledgers.push_back(item);
      return "created";
    }
    for (const json& posting : item.value("postings", json::array()))
      if (ids.count("account " + posting.at("account_id").get<std::string>()) == 0)
        return "account_not_found";
    const std::string key = list.substr(0, list.size() - 1) + " " + item.at("id").get<std::string>();
    if (ids.count(key) != 0) return "exists";
    if (!dry) ids[key] = item;
    return "created";
  }

  std::size_t calls_left_ = ~std::size_t{0};
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Journal journal() {
  initialize_crypto();
  Journal made;
  for (unsigned i = 1; i <= 20; ++i)
    made.push_back(
        {{"x.journal", i},
         std::chrono::sys_days(std::chrono::year(2020) / 1 / static_cast<int>(i)),
         "",
         "d",
         {{"Food", "EUR", *read_decimal("1.5"), false}, {"Cash", "EUR", *read_decimal("-1.5"), false}},
         {}});
  made.push_back({{"x.journal", 21}, made.back().date, "", "bad", {}, "why"});
  return made;
}

std::string import_into(Book& book, bool dry_run = false) {
  FakeHttp http([&book](const HttpCall& call) { return book.answer(call); });
  Api api(http, {"id", "secret"}, no_wait);
  Report report = *Report::open({});
  Progress progress(stderr, true);
  Imports imports;
  imports.sending = {7, dry_run};
  const auto done = import_journal(journal(), imports, &api, report, progress);
  return report.text(dry_run) + (done ? "" : "error: " + done.error().message);
}

TEST_CASE(
    "given a journal, ledgers, accounts, names and transactions are created, and the rest is reported") {
  Book book;
  CHECK(import_into(book) ==
        "ledger: 1 created, 0 existed, 0 refused\naccount: 2 created, 0 existed, 0 refused\n"
        "account name: 2 created, 0 existed, 0 refused\ntransaction: 20 created, 0 existed, 1 refused\n"
        "refused: x.journal:21: transaction: not_importable: why\n");
  CHECK(book.ledgers == json{{{"id", 1000}, {"currency", "EUR"}, {"exponent", 2}, {"name", "EUR"}}});
  CHECK(book.ids.size() == 22);
  const json& sent = book.ids.rbegin()->second;
  CHECK(sent.at("flags") == json{"imported"});
  CHECK(sent.at("postings").at(0).at("amount") == "150");
}

TEST_CASE("given an import that was interrupted, the next run creates what is missing and nothing else") {
  Book book;
  book.break_after(6);
  CHECK(contains(import_into(book), "error: POST /ledger/transactions was answered with 500 gone: why"));
  CHECK(book.ids.size() == 2 + 14);
  const auto before = book.ids;
  book.break_after(100);
  CHECK(contains(import_into(book), "transaction: 6 created, 14 existed, 1 refused\n"));
  for (const auto& [id, item] : before) CHECK(book.ids.at(id) == item);
  CHECK(contains(import_into(book), "transaction: 0 created, 20 existed"));
}

TEST_CASE("given accounts that bear their names, a second run finds them, and sets only what is missing") {
  Book book;
  book.break_after(3);  // the ledgers' two calls and that of the accounts
  CHECK(contains(import_into(book), "error: POST /ledger/bulk was answered with 500 gone: why"));
  book.break_after(100);
  CHECK(contains(import_into(book), "account name: 2 created, 0 existed, 0 refused\n"));
  CHECK(contains(import_into(book), "account name: 0 created, 2 existed, 0 refused\n"));
  CHECK(contains(import_into(book, true), "account name: 0 would be created, 2 existed, 0 refused\n"));
  book.metadata.begin()->second["note"] = "of the user";
  book.metadata.rbegin()->second["name"] = "another";
  CHECK(contains(import_into(book), "account name: 1 created, 1 existed, 0 refused\n"));
  CHECK(book.metadata.rbegin()->second["name"] != "another");
}

TEST_CASE("given a ledger of another exponent, nothing is sent, since its amounts would be others") {
  Book book;
  book.ledgers.push_back({{"id", 1000}, {"currency", "EUR"}, {"exponent", 3}, {"name", "EUR"}});
  CHECK(contains(import_into(book), "it is open with the exponent 3, not 2"));
  CHECK(book.ids.empty());
  book.ledgers[0]["exponent"] = 2;
  book.ledgers[0]["currency"] = "USD";
  CHECK(contains(import_into(book), "it is open with the currency USD, not EUR"));
  book.ledgers[0]["currency"] = "EUR";
  book.ledgers[0]["name"] = "of another name";
  CHECK(!contains(import_into(book), "error"));
}

TEST_CASE("given a dry run, nothing is created, and what is known before is told") {
  Book book;
  CHECK(import_into(book, true) ==
        "ledger: 1 would be created, 0 existed, 0 refused\n"
        "account: 0 would be created, 0 existed, 0 refused, 2 not previewed\n"
        "account name: 0 would be created, 0 existed, 0 refused\n"
        "transaction: 0 would be created, 0 existed, 1 refused, 20 not previewed\n"
        "refused: x.journal:21: transaction: not_importable: why\n");
  CHECK(book.ids.empty());
  CHECK(book.ledgers.empty());
  import_into(book);
  CHECK(contains(import_into(book, true), "transaction: 0 would be created, 20 existed, 1 refused\n"));
}

// Imports lines of CSV behind a header; `shown` takes what the progress says.
std::string import_csv(Book& book, const std::string& lines, bool online = true,
                       std::string* shown = nullptr) {
  const florin::test::TemporaryFolder folder;
  Imports imports;
  imports.file = (folder.path() / "t.csv").string();
  imports.format = Format::csv;
  std::ofstream(imports.file) << "id,amount,flags\n" << lines;
  FakeHttp http([&book](const HttpCall& call) { return book.answer(call); });
  Api api(http, {"id", "secret"}, no_wait);
  Report report = *Report::open({});
  const std::string progress_file = (folder.path() / "progress").string();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(progress_file.c_str(), "w"),
                                                            std::fclose);
  Progress progress(out.get(), false);
  const auto done = run_import(imports, online ? &api : nullptr, report, progress);
  std::ifstream written(progress_file);
  if (shown != nullptr) shown->assign(std::istreambuf_iterator<char>(written), {});
  std::string text = report.text(false) + (done ? "" : "error: " + done.error().message);
  for (auto at = text.find(folder.path().string()); at != std::string::npos;
       at = text.find(folder.path().string()))
    text.erase(at, folder.path().string().size() + 1);
  return text;
}

TEST_CASE("given CSV with bad lines, exactly those are reported, and the others are created") {
  Book book;
  CHECK(import_csv(book, "1,5,\n2,five,\n3,5\n4,\"5,\n5,5,pending\n\"6\",5,") ==
        "transfer: 3 created, 0 existed, 0 refused\nline: 0 created, 0 existed, 3 refused\n"
        "refused: t.csv:3: line: not_importable: amount: \"five\" is not a number from 0 to "
        "340282366920938463463374607431768211455 in plain digits\n"
        "refused: t.csv:4: line: not_importable: it has 2 cells, the header has 3\n"
        "refused: t.csv:5: line: not_importable: a quote stands where none may be\n");
  CHECK(book.ids.size() == 3);
  CHECK(import_csv(book, "1,5,\n") == "transfer: 0 created, 1 existed, 0 refused\n");
}

TEST_CASE("given a bad line in a chain, nothing of the chain is sent") {
  Book book;
  CHECK(import_csv(book, "1,5,linked\n2,five,linked\n3,5,\n4,5,\n") ==
        "transfer: 1 created, 0 existed, 2 refused\nline: 0 created, 0 existed, 1 refused\n"
        "refused: t.csv:3: line: not_importable: amount: \"five\" is not a number from 0 to "
        "340282366920938463463374607431768211455 in plain digits\n"
        "refused: t.csv:2: transfer 1: linked_event_failed: a line of its chain cannot be imported\n"
        "refused: t.csv:4: transfer 3: linked_event_failed: a line of its chain cannot be imported\n");
  CHECK(book.ids.count("transfer 4") == 1);
  // Whether a line that cannot be read ends the chain cannot be told: what follows is not sent alone.
  CHECK(
      import_csv(book, "5,5,linked\n6,5\n7,5,\n8,5,\n").find("transfer: 1 created, 0 existed, 2 refused\n") ==
      0);
  CHECK(book.ids.count("transfer 8") == 1);
}

TEST_CASE("given CSV, the progress ends at its last line, whatever stands on it") {
  for (const std::string lines : {"1,5,\n2,5,\n3,5,\n4,5,\n", "1,5,\n2,5,\n3,5,\n4,5,", "1,5,\n2,5,\n\n\n",
                                  "1,5,\n2,five,\n3,5,\n4,\"5,\n", "1,5,\n2,5,\"linked\n\n\"\n"}) {
    for (const bool online : {true, false}) {
      Book book;
      std::string shown;
      import_csv(book, lines, online, &shown);
      INFO(lines, shown);
      CHECK(shown.ends_with("lines: 5 of 5 (100 %)\n"));
    }
  }
}

TEST_CASE("given no server, everything is read all the same") {
  Book book;
  CHECK(import_csv(book, "1,5,\n2,five,\n", false)
            .find("transfer: 0 created, 0 existed, 0 refused, 1 not previewed\n") != std::string::npos);
  CHECK(import_csv(book, "", false) == "");
}

}  // namespace
}  // namespace florin::importing::test
