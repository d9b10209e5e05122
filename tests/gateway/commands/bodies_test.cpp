// The rows of bodies.txt, asked without a server: each body is taken, or refused with the place of what is
// wrong.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "engine/base/hex.hpp"
#include "tests/gateway/commands/fixture.hpp"

namespace florin::gateway::testing {
namespace {

struct Row {
  std::string line, method, path, group, status, code, pointer, body;  // columns of tests/support/bodies.py
};

std::vector<Row> read_rows() {
  std::ifstream in(FLORIN_BODY_ROWS);
  std::vector<Row> rows;
  for (std::string text; std::getline(in, text);) {
    std::istringstream columns(text);
    Row row;
    for (std::string* column :
         {&row.line, &row.method, &row.path, &row.group, &row.status, &row.code, &row.pointer, &row.body})
      std::getline(columns, *column, '\t');
    const auto bytes = from_hex(row.body);
    REQUIRE(bytes);
    row.body.assign(bytes->begin(), bytes->end());
    rows.push_back(std::move(row));
  }
  return rows;
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

void check_refusal(const Row& row, const Response& response) {
  CHECK(std::to_string(response.status) == row.status);
  CHECK(has(response, row.status == "400" ? R"("code":"json_malformed")" : R"("code":"body_invalid")"));
  const std::string pointer = row.pointer == "?" ? "" : "\"pointer\":\"" + row.pointer + "\",";
  CHECK_MESSAGE(has(response, pointer + "\"code\":\"" + row.code + "\""),
                "expected " << row.code << " at '" << row.pointer << "', got " << response.body);
  // One thing is wrong in a row of a field, so one thing is told.
  if (row.group != "bodies") CHECK(count(response.body, "\"pointer\":") == 1);
}

TEST_CASE("given the rows of bodies.txt, each body is taken or refused where it is wrong") {
  Fixture f;
  f.port.events = {CommandRefused{Rejection::scope_missing, 0}};  // any answer: what is asked is who answers
  const std::vector<Row> rows = read_rows();
  CHECK(!rows.empty());
  for (const Row& row : rows) {
    INFO("bodies.txt:" << row.line << " " << row.path << " " << row.group << ": " << row.body.substr(0, 200));
    f.port.taken.clear();
    const Response response = f.send(row.method, row.path.substr(1), row.body);
    CHECK(f.port.taken.size() == (row.status == "200" ? 1 : 0));
    if (f.port.taken.empty() && row.status != "200") check_refusal(row, response);
  }
}

}  // namespace
}  // namespace florin::gateway::testing
