#include "projections/tail.hpp"

#include <doctest/doctest.h>

#include "tests/projections/event_log.hpp"

using namespace florin;
using namespace florin::projections;
using test::make_record;

namespace {

std::vector<Event> ticks(std::size_t count) { return std::vector<Event>(count, Event{{1}, {}, 0, Ticked{}}); }

struct Chain {
  EventBatchPtr one = make_record({}, ticks(3));                  // 1..3
  EventBatchPtr two = make_record(tail_after(*one), ticks(2));    // 4..5
  EventBatchPtr three = make_record(tail_after(*two), ticks(1));  // 6
};

}  // namespace

TEST_CASE("given an empty tail, when the first record comes, then it is applied and becomes the tail") {
  const Chain chain;
  REQUIRE(next_step({}, *chain.one));
  CHECK(*next_step({}, *chain.one) == Step::apply);
  CHECK(tail_after(*chain.one) == Tail{{3}, chain.one->hash});
}

TEST_CASE("given a tail, when the next record names it by hash, then it is applied") {
  const Chain chain;
  CHECK(*next_step(tail_after(*chain.one), *chain.two) == Step::apply);
}

TEST_CASE("given a tail, when applied records come again, then they are dropped") {
  const Chain chain;
  const Tail tail = tail_after(*chain.two);
  CHECK(*next_step(tail, *chain.one) == Step::drop);
  CHECK(*next_step(tail, *chain.two) == Step::drop);
}

TEST_CASE("given a tail, when a record is missing, then the gap is told with both sequences") {
  const Chain chain;
  const auto step = next_step(tail_after(*chain.one), *chain.three);
  REQUIRE(!step);
  CHECK(step.error().code == Errc::corrupt);
  CHECK(step.error().message.find("goes on with sequence 6 where 4 was expected") != std::string::npos);
}

TEST_CASE("given a tail, when another chain goes on, then it is refused") {
  const Chain chain;
  const Tail tail = tail_after(*chain.one);
  const EventBatchPtr other_one = make_record({}, ticks(3), 1);

  SUBCASE("with the record after it") {
    CHECK(!next_step(tail, *make_record(tail_after(*other_one), ticks(2))));
  }
  SUBCASE("with another record in its place") { CHECK(!next_step(tail, *other_one)); }
  SUBCASE("with a record that overlaps it") { CHECK(!next_step(tail, *make_record({}, ticks(5)))); }
  SUBCASE("with a first record that names one before it") {
    CHECK(!next_step({}, *make_record({{0}, chain.one->hash}, ticks(1))));
  }
}

TEST_CASE("given a record whose header counts other events than it holds, then it is refused") {
  EventBatch record = *Chain().one;
  record.header.count = 4;
  CHECK(!next_step({}, record));
  record.header.count = 0;
  record.events.clear();
  CHECK(!next_step({}, record));
}

TEST_CASE("given a stored tail, when the log has another record there, then they are told apart") {
  const Chain chain;
  CHECK(check_same(tail_after(*chain.two), *chain.two));
  CHECK(!check_same(tail_after(*chain.two), *make_record(tail_after(*chain.one), ticks(2), 1)));
  CHECK(!check_same(Tail{{4}, chain.two->hash}, *chain.two));  // in the middle of a record
}

TEST_CASE("given a position row, when it is encoded and read, then it is the same; broken ones are refused") {
  const PositionRow row{7, {{42}, Chain().one->hash}};
  Bytes bytes = encode(row);
  const auto read = decode_position(bytes);
  REQUIRE(read);
  CHECK(read->schema == 7);
  CHECK(read->tail == row.tail);
  bytes.push_back(0);
  CHECK(!decode_position(bytes));
  bytes.resize(20);
  CHECK(!decode_position(bytes));
}
