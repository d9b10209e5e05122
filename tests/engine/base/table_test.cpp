// The table that decisions work on: fetched rows, changes in key order, savepoints.
#include "engine/base/table.hpp"

#include <doctest/doctest.h>

#include <string>

namespace florin {
namespace {
using Rows = Table<int, std::string, std::hash<int>>;
}

TEST_CASE("given rows that the store has and others that it lacks, then changes say which are fresh") {
  Rows rows;
  rows.load(1, "stored");
  rows.load(2, std::nullopt);
  const auto fresh = [&rows] {
    std::vector<std::pair<int, bool>> out;
    for (const auto& change : rows.changes()) out.emplace_back(change.key, change.fresh);
    rows.settle(10);
    return out;
  };
  using Wanted = std::vector<std::pair<int, bool>>;
  rows.edit(1) += ", changed";
  rows.put(2, "new");
  CHECK(fresh() == Wanted{{1, false}, {2, true}});
  rows.put(2, "changed");
  rows.erase(1);
  CHECK(fresh() == Wanted{{1, false}, {2, false}});
  rows.put(1, "again");
  CHECK(fresh() == Wanted{{1, true}});
  CHECK(*rows.find(1) == "again");
}

TEST_CASE("given fetched rows, when some change, then changes come out once each, sorted by key") {
  Rows rows;
  for (int key : {3, 1, 2}) rows.load(key, std::nullopt);
  rows.put(3, "c");
  rows.put(1, "a");
  rows.put(3, "c2");
  rows.erase(1);
  const auto changes = rows.changes();
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].key == 1);
  CHECK(changes[0].row == nullptr);
  CHECK(*changes[1].row == "c2");
  rows.settle(10);
  CHECK(rows.changes().empty());
  CHECK(*rows.find(3) == "c2");
}

TEST_CASE(
    "given a savepoint, when it rolls back, then every row is as it was; when it is kept, the changes stay") {
  Rows rows;
  rows.load(1, "old");
  rows.load(2, std::nullopt);
  rows.begin();
  rows.put(1, "new");
  rows.put(1, "newer");
  rows.put(2, "made");
  rows.rollback();
  CHECK(*rows.find(1) == "old");
  CHECK(rows.find(2) == nullptr);
  rows.begin();
  rows.erase(1);
  rows.keep();
  CHECK(rows.find(1) == nullptr);
}

TEST_CASE(
    "given nested savepoints, when the outer one rolls back, then what the inner one kept is undone too") {
  Rows rows;
  rows.load(1, "old");
  rows.load(2, "old");
  rows.begin();
  rows.put(1, "outer");
  rows.begin();
  rows.put(1, "inner");
  rows.put(2, "inner");
  SUBCASE("the inner one is kept") {
    rows.keep();
    CHECK(*rows.find(1) == "inner");
  }
  SUBCASE("the inner one rolls back alone") {
    rows.rollback();
    CHECK(*rows.find(1) == "outer");
    CHECK(*rows.find(2) == "old");
  }
  rows.rollback();
  CHECK(*rows.find(1) == "old");
  CHECK(*rows.find(2) == "old");
}

TEST_CASE("given a newer row in memory, when the store's older answer arrives, then it is ignored") {
  Rows rows;
  rows.load(1, "memory");
  rows.load(1, "store");
  CHECK(*rows.find(1) == "memory");
}

TEST_CASE("given more rows than the bound, when the changes settle, then the table starts empty") {
  Rows rows;
  for (int key = 0; key < 5; ++key) rows.load(key, "row");
  rows.settle(5);
  CHECK(rows.size() == 5);
  rows.settle(4);
  CHECK(rows.size() == 0);
  CHECK_FALSE(rows.known(0));
}

}  // namespace florin
