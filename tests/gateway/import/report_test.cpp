// What an import says of itself.
#include "gateway/import/report.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "gateway/import/progress.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin::importing {
namespace {

using nlohmann::json;

TEST_CASE("given refused lines, the file has each as JSON, and the counts behind them") {
  const florin::test::TemporaryFolder folder;
  const std::string path = (folder.path() / "report").string();
  auto report = Report::open(path);
  REQUIRE(report);
  report->counts("ledger").existed = 1;
  report->counts("transaction").created = 2;
  report->refuse({{"x.journal", 7}, "transaction", "12", "exceeds_credits", "say \"hi\""});
  CHECK(report->refused() == 1);
  REQUIRE(report->close(false));

  std::ifstream file(path);
  std::string line;
  REQUIRE(std::getline(file, line));
  CHECK(json::parse(line) == json{{"file", "x.journal"},
                                  {"line", 7},
                                  {"kind", "transaction"},
                                  {"id", "12"},
                                  {"status", "exceeds_credits"},
                                  {"detail", "say \"hi\""}});
  REQUIRE(std::getline(file, line));
  CHECK(json::parse(line).at("summary").at("transaction") ==
        json{{"created", 2}, {"existed", 0}, {"refused", 1}, {"not_previewed", 0}});
  CHECK(!std::getline(file, line));
  CHECK(report->text(false) ==
        "ledger: 0 created, 1 existed, 0 refused\ntransaction: 2 created, 0 existed, 1 refused\n"
        "refused: x.journal:7: transaction 12: exceeds_credits: say \"hi\"\n");
  CHECK(report->text(true).find("2 would be created") != std::string::npos);
}

TEST_CASE("given a detail of several lines, the screen has the first one, and the file all") {
  const florin::test::TemporaryFolder folder;
  const std::string path = (folder.path() / "report").string();
  auto report = Report::open(path);
  REQUIRE(report);
  report->refuse({{"x.journal", 0}, "journal", {}, "not_accepted", "no\nline 8\nnot that"});
  REQUIRE(report->close(false));
  CHECK(report->text(false).find("refused: x.journal: journal: not_accepted: no\n") != std::string::npos);
  CHECK(report->text(false).find("line 8") == std::string::npos);
  std::ifstream file(path);
  std::string line;
  REQUIRE(std::getline(file, line));
  CHECK(json::parse(line).at("detail") == "no\nline 8\nnot that");
}

TEST_CASE("given more refused lines than a screen takes, the text says how many are left out") {
  auto report = Report::open({});
  REQUIRE(report);
  for (std::size_t i = 0; i < refused_shown_max + 3; ++i)
    report->refuse({{"f", i + 1}, "line", {}, "not_importable", {}});
  const std::string text = report->text(false);
  CHECK(text.find("refused: and 3 more") != std::string::npos);
  CHECK(text.find("f:51") == std::string::npos);
  REQUIRE(report->close(false));
}

TEST_CASE("given a file that cannot be written, it is told at once, and a full one at the end") {
  CHECK(!Report::open("/nonexistent/report"));
  auto full = Report::open("/dev/full");
  REQUIRE(full);
  full->refuse({{"f", 1}, "line", {}, "s", {}});
  CHECK(!full->close(false));
}

// What the progress writes, all of it.
std::string shown(bool terminal) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* out = open_memstream(&text, &size);
  {
    Progress progress(out, terminal);
    progress.start("accounts", 4);
    for (int i = 0; i < 4; ++i) progress.advance(1);
    progress.start("nothing", 0);
    progress.advance(0);
  }
  std::fclose(out);
  std::string all(text, size);
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): open_memstream wants it so
  return all;
}

TEST_CASE("given a terminal, a bar is drawn over itself; elsewhere a line comes now and then") {
  CHECK(shown(false) ==
        "accounts: 1 of 4 (25 %)\naccounts: 2 of 4 (50 %)\naccounts: 3 of 4 (75 %)\naccounts: 4 of 4 (100 "
        "%)\n");
  const std::string bar = shown(true);
  CHECK(bar.find("\raccounts     [####################....................]  50 %  2 of 4") !=
        std::string::npos);
  CHECK(bar.ends_with("100 %  4 of 4\n"));
}

}  // namespace
}  // namespace florin::importing
