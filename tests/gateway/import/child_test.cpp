// Other programs, and which of them reads which file.
#include "gateway/import/child.hpp"

#include <doctest/doctest.h>

#include "gateway/import/tools.hpp"

namespace florin::importing {
namespace {

TEST_CASE("given a program, its output comes in pieces, its complaint and exit code at the end") {
  std::string output;
  const auto end = run_child({"sh", "-c", "cat; printf '%s' \"$HOME\"; echo oh >&2; exit 3"},
                             [&output](std::string_view piece) { output += piece; });
  REQUIRE(end);
  CHECK(output == "/nonexistent");
  CHECK(end->complaint == "oh\n");
  CHECK(end->exit_code == 3);
}

TEST_CASE("given a program that says a lot, all of its output comes, and its complaint is cut") {
  std::size_t bytes = 0;
  const auto end = run_child({"sh", "-c", "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2"},
                             [&bytes](std::string_view piece) { bytes += piece.size(); });
  REQUIRE(end);
  CHECK(bytes == 3'000'000);
  CHECK(end->complaint.size() == child_complaint_bytes_max);
}

TEST_CASE("given no such program, or one that a signal ended, it is told") {
  const auto none = run_child({"no-such-program-of-florin"}, [](std::string_view) {});
  REQUIRE(!none);
  CHECK(none.error().code == Errc::not_found);
  const auto killed = run_child({"sh", "-c", "kill -9 $$"}, [](std::string_view) {});
  REQUIRE(!killed);
  CHECK(killed.error().code == Errc::io);
}

TEST_CASE("given a file's name, its ending tells the format") {
  CHECK(format_of("a.journal") == Format::hledger);
  CHECK(format_of("/x/sample.dat") == Format::ledger);
  CHECK(format_of("b.beancount") == Format::beancount);
  CHECK(format_of("c.csv") == Format::csv);
  CHECK(!format_of("d.txt"));
  CHECK(parse_format("hledger") == Format::hledger);
  CHECK(!parse_format("gnucash"));
}

TEST_CASE("given no such file, no tool is asked") {
  const auto journal = read_journal("/nonexistent/x.journal", Format::hledger);
  REQUIRE(!journal);
  CHECK(journal.error().code == Errc::not_found);
}

}  // namespace
}  // namespace florin::importing
