#include "gateway/import/transfers_csv.hpp"

#include <doctest/doctest.h>

namespace florin::importing {
namespace {

using Cells = std::vector<std::string>;

TransferRows rows(const Cells& header, const ColumnMap& map = {}) {
  auto read = TransferRows::read_header("f.csv", header, map);
  REQUIRE(read);
  return *std::move(read);
}

std::string fault(const Cells& header, const ColumnMap& map = {}) {
  const auto read = TransferRows::read_header("f.csv", header, map);
  return read ? "" : read.error().message;
}

TEST_CASE("given a header of the API's names, a row is the transfer that the API would take") {
  const TransferRows read =
      rows({"id", "debit_account_id", "credit_account_id", "amount", "ledger", "code", "flags", "timestamp",
            "user_data_64", "timeout", "pending_id", "user_data_128", "user_data_32"});
  const ReadRow row = read.read({7,
                                 {"1", "340282366920938463463374607431768211455", "3", "max", "700", "1",
                                  "imported|linked", "18446744073709551615", "", "0", "", "", "4294967295"},
                                 {}});
  REQUIRE(!row.refused);
  CHECK(
      row.item.json ==
      R"({"id":"1","debit_account_id":"340282366920938463463374607431768211455","credit_account_id":"3","amount":"max","ledger":700,)"
      R"("code":1,"flags":["linked","imported"],"timestamp":"18446744073709551615","timeout":0,"user_data_32":4294967295})");
  CHECK(row.item.id == "1");
  CHECK(row.item.source.line == 7);
  CHECK(row.item.linked);
  CHECK(row.item.imported);
}

TEST_CASE("given other names, a map says what they are, or leaves them out") {
  const TransferRows read = rows({"Nr", "What", "amount"}, {{"Nr", "id"}, {"What", ""}});
  CHECK(read.read({2, {"5", "lunch", "10"}, {}}).item.json == R"({"id":"5","amount":"10"})");
}

TEST_CASE("given a header that does not tell what the columns are, it is refused") {
  CHECK(fault({"id", "What"}).find("\"What\"") != std::string::npos);
  CHECK(fault({"id", "id"}).find("two columns") != std::string::npos);
  CHECK(fault({"id", "Nr"}, {{"Nr", "id"}}).find("two columns") != std::string::npos);
  CHECK(fault({"amount"}).find("no column id") != std::string::npos);
  CHECK(fault({"id"}, {{"Nr", "code"}}).find("\"Nr\"") != std::string::npos);
  CHECK(fault({"id", "Nr"}, {{"Nr", "kode"}}).find("no field") != std::string::npos);
}

TEST_CASE("given a cell that is not what its field takes, the row is refused and says why") {
  const TransferRows read = rows({"id", "code", "amount", "flags"});
  const auto detail = [&read](Cells cells) {
    const ReadRow row = read.read({3, std::move(cells), {}});
    return row.refused ? row.refused->detail : "";
  };
  CHECK(detail({"1", "65535", "5", ""}).empty());
  CHECK(detail({"1", "65536", "5", ""}) == "code: \"65536\" is not a number from 0 to 65535 in plain digits");
  CHECK(detail({"x", "1", "5", ""}).find("id: ") == 0);
  CHECK(detail({"max", "1", "5", ""}).find("id: ") == 0);
  CHECK(detail({"1", "1", "1.50", ""}).find("amount: ") == 0);
  CHECK(detail({"1", "1", "-5", ""}).find("amount: ") == 0);
  CHECK(detail({"1", "1", "05", ""}).find("amount: ") == 0);
  CHECK(detail({"1", "1", "5", "pendign"}).find("flags: ") == 0);
  CHECK(detail({"1", "1", "5", "pending pending"}).find("flags: ") == 0);
  CHECK(detail({"1", "1", "5"}) == "it has 3 cells, the header has 4");
  CHECK(read.read({3, {}, "a quote"}).refused->detail == "a quote");
}

TEST_CASE("given a row that is refused, whether it is linked is told where it can be") {
  const TransferRows read = rows({"id", "flags"});
  CHECK(read.read({2, {"x", "linked"}, {}}).linked == true);
  CHECK(read.read({2, {"x", ""}, {}}).linked == false);
  CHECK(!read.read({2, {"1", "lniked"}, {}}).linked);
  CHECK(!read.read({2, {"1"}, {}}).linked);
}

}  // namespace
}  // namespace florin::importing
