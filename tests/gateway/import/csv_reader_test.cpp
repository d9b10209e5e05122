#include "gateway/import/csv_reader.hpp"

#include <doctest/doctest.h>

namespace florin::importing {
namespace {

// Each row as LINE:cell|cell, or LINE:why.
std::string read(std::string_view text, std::size_t piece = std::string_view::npos) {
  std::string out;
  CsvReader reader([&out](CsvRow&& row) {
    out += std::to_string(row.line) + ":" + (row.wrong.empty() ? "" : "!");
    for (const std::string& cell : row.cells) out += cell + "|";
    out += ' ';
  });
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) reader.feed(text.substr(0, piece));
  reader.finish();
  return out;
}

TEST_CASE("given rows, each comes with its cells and the line that it begins on") {
  CHECK(read("a,b\n1,\n") == "1:a|b| 2:1|| ");
  CHECK(read("a,b\r\n\r\n \n1,2") == "1:a|b| 4:1|2| ");
  CHECK(read("\"x \"\"y\"\"\nz\",2\n3,4\n") == "1:x \"y\"\nz|2| 3:3|4| ");
  CHECK(read("") == "");
  CHECK(read("\xef\xbb\xbfx,y\n") == "1:\xef\xbb\xbfx|y| ");
}

TEST_CASE("given pieces of any size, the rows are the same") {
  const std::string text = "a,b\n\"1\n2\",3\r\n\n4,\"5\"\n";
  for (std::size_t piece = 1; piece < text.size(); ++piece) CHECK(read(text, piece) == read(text));
}

TEST_CASE("given a row that is not well formed, it is told, and the next line is read") {
  CHECK(read("a,b\nx,\"y\"z\n1,2\n") == "1:a|b| 2:! 3:1|2| ");
  CHECK(read("a\"b,c\n1,2\n") == "1:! 2:1|2| ");
}

TEST_CASE("given a quote without an end, only the line that it stands on is lost") {
  CHECK(read("1,2\n\"3,4\n5,6\n7,8\n") == "1:1|2| 2:! 3:5|6| 4:7|8| ");
  CHECK(read("1,2\n\"3,4\n5,\"6\"\n7,8\n") == "1:1|2| 2:! 3:5|6| 4:7|8| ");
}

TEST_CASE("given a row over the bound, it is told and not kept") {
  const std::string long_cell(csv_row_bytes_max, 'x');
  CHECK(read("1,2\n\"" + long_cell + "\n3,4\n") == "1:1|2| 2:! 3:3|4| ");
}

}  // namespace
}  // namespace florin::importing
