// What the tools printed (Debian 12's versions), recorded, and the transactions that come of it.
#include "gateway/import/tool_rows.hpp"

#include <doctest/doctest.h>

#include "gateway/import/csv_reader.hpp"
#include "gateway/import/hledger_lines.hpp"

namespace florin::importing {
namespace {

Journal read(Format format, std::string_view printed, HledgerLines lines = {}) {
  RowReader rows(format, std::move(lines));
  CsvReader csv([&rows](CsvRow&& row) {
    REQUIRE(row.wrong.empty());
    REQUIRE(rows.add(row.cells));
  });
  csv.feed(printed);
  csv.finish();
  return rows.finish();
}

std::string text(const JournalTransaction& transaction) {
  std::string out = transaction.source.file + ":" + std::to_string(transaction.source.line) + " [" +
                    transaction.code + "] " + transaction.description;
  for (const JournalPosting& posting : transaction.postings)
    out += "; " + posting.account + " " + to_string(posting.quantity) + " " + posting.commodity +
           (posting.is_virtual ? " v" : "");
  return out;
}

// ledger 3.3.0, of sample.dat, which its package ships.
constexpr std::string_view ledger_printed =
    R"("sample.dat",20,2004-05-03,"","Investment balance","Assets:Brokerage","50","AAPL",false
"sample.dat",20,2004-05-03,"","Investment balance","Equity:Opening Balances","-1500","$",false
"sample.dat",38,2004-05-27,"","Book ""Store""","Expenses:Books","20","$",false
"sample.dat",38,2004-05-27,"","Book ""Store""","Liabilities:MasterCard","-20","$",false
"sample.dat",38,2004-05-27,"","Book ""Store""","Liabilities:Taxes","-2","$",true
"sample.dat",16,2004-05-01,"100","Checking balance","Assets:Bank:Checking","1000.25","""ODD 1""",false
"sample.dat",16,2004-05-01,"100","Checking balance","Equity:Opening Balances","-1000.25","""ODD 1""",false
)";

TEST_CASE("given ledger's rows, transactions come by date, with their postings and places") {
  const Journal journal = read(Format::ledger, ledger_printed);
  REQUIRE(journal.size() == 3);
  CHECK(text(journal[0]) ==
        "sample.dat:16 [100] Checking balance; Assets:Bank:Checking 1000.25 ODD 1; "
        "Equity:Opening Balances -1000.25 ODD 1");
  CHECK(text(journal[1]) ==
        "sample.dat:20 [] Investment balance; Assets:Brokerage 50 AAPL; Equity:Opening Balances -1500 $");
  CHECK(text(journal[2]) ==
        "sample.dat:38 [] Book \"Store\"; Expenses:Books 20 $; Liabilities:MasterCard -20 $; "
        "Liabilities:Taxes -2 $ v");
  CHECK(journal[0].date == std::chrono::sys_days(std::chrono::year(2004) / 5 / 1));
}

// hledger 1.25: `print -x -O csv` without its header, and what is read of `print -O json`.
constexpr std::string_view hledger_printed =
    R"csv("1","2020-01-01","","*","A ""1""","Buy","note","Assets:Broker","10.12345","AAPL","","10.12345","",""
"1","2020-01-01","","*","A ""1""","Buy","note","Assets:Cash","-319,01213178901234567890123","$","319,01","","",""
"2","2020-01-02","","!","","Two virtuals","","[Budget:A]","5.00","$","","5.00","",""
"2","2020-01-02","","!","","Two virtuals","","[Budget:B]","-5.00","$","5.00","","",""
"2","2020-01-02","","!","","Two virtuals","","(Track)","3","h","","3","",":tag:
key: value"
)csv";
constexpr std::string_view hledger_json =
    R"([{"tcode":"A","tindex":1,"tpostings":[{"paccount":"x","pamount":[{"aquantity":{"decimalMantissa":1234567890123456789012345,
        "decimalPlaces":1,"floatingPoint":31.5}}],"sourceLine":9}],"tsourcepos":[{"sourceColumn":1,"sourceLine":4,"sourceName":"/b/t.journal"},
        {"sourceColumn":1,"sourceLine":8,"sourceName":"/b/t.journal"}]},
       {"tsourcepos":[{"sourceColumn":1,"sourceLine":9,"sourceName":"/b/inc.journal"}],"tindex":2}])";

TEST_CASE("given hledger's rows and positions, transactions have both") {
  const auto lines = read_hledger_lines(hledger_json);
  REQUIRE(lines);
  const Journal journal = read(Format::hledger, hledger_printed, *lines);
  REQUIRE(journal.size() == 2);
  CHECK(text(journal[0]) ==
        "/b/t.journal:4 [A \"1\"] Buy; Assets:Broker 10.12345 AAPL; "
        "Assets:Cash -319.01213178901234567890123 $");
  CHECK(text(journal[1]) == "/b/inc.journal:9 [] Two virtuals; Budget:A 5 $ v; Budget:B -5 $ v; Track 3 h v");
}

TEST_CASE("given something else than JSON where hledger's positions should be, it is an error") {
  CHECK(!read_hledger_lines("hledger: oops"));
  CHECK(!read_hledger_lines(R"([{"tindex":1)"));
  CHECK(read_hledger_lines("[]")->empty());
}

// beancount 2.3.5: bean-query pads its columns.
constexpr std::string_view beancount_printed =
    R"(/b/x.beancount,  12,2020-01-07,c468,         ,p        ,Assets:Stock  ,Decimal('1.5')     ,ABC
/b/x.beancount,  12,2020-01-07,c468,         ,p        ,Assets:Cash   ,Decimal('-15.1845'),EUR
/b/x.beancount,  20,2020-01-09,a340,Shop     ,"two
lines    ",Assets:Cash   ,Decimal('1')       ,EUR
/b/x.beancount,  20,2020-01-09,a340,Shop     ,"two
lines    ",Equity:Open   ,Decimal('-1')      ,EUR
/b/x.beancount,  24,2020-01-09,a340,Shop     ,,Equity:Open   ,Decimal('1E+3')    ,EUR
)";

TEST_CASE("given bean-query's rows, padding and Python's spelling are taken off") {
  const Journal journal = read(Format::beancount, beancount_printed);
  REQUIRE(journal.size() == 3);
  CHECK(text(journal[0]) == "/b/x.beancount:12 [] p; Assets:Stock 1.5 ABC; Assets:Cash -15.1845 EUR");
  CHECK(text(journal[1]) == "/b/x.beancount:20 [] Shop | two\nlines; Assets:Cash 1 EUR; Equity:Open -1 EUR");
  CHECK(journal[0].wrong.empty());
  CHECK(journal[2].wrong == "the amount \"1E+3\" of Equity:Open cannot be read");
}

TEST_CASE("given a date or a row that is none, the one is the transaction's fault and the other the tool's") {
  const Journal journal = read(Format::ledger, "\"f\",1,2020-02-30,\"\",\"p\",\"A\",\"1\",\"$\",false\n");
  CHECK(journal.at(0).wrong == "the date \"2020-02-30\" cannot be read");
  RowReader rows(Format::ledger);
  const std::vector<std::string> cells{"f", "1"};
  const auto added = rows.add(cells);
  REQUIRE(!added);
  CHECK(added.error().code == Errc::format);
}

}  // namespace
}  // namespace florin::importing
