// Commands and callers of several partitions, by the books that live in them.
#include "gateway/partitions/routed.hpp"

#include <doctest/doctest.h>

#include "tests/gateway/queries/models.hpp"

namespace florin::gateway {
namespace {

class Taking final : public CommandPort {
 public:
  Result<void> submit(Command command, Done) override {
    taken.push_back(command.header.book);
    return {};
  }
  std::vector<BookId> taken;
};

// A directory that counts what it is asked.
class Counting final : public projections::DirectoryQuery, public testing::ManualProgress {
 public:
  using Books = Result<projections::Answer<std::optional<std::string>>>;
  Books book(BookId id) const override {
    ++asked;
    const bool known = id.value == opened.value;
    return projections::Answer<std::optional<std::string>>{
        known ? std::optional<std::string>("book") : std::nullopt, {}};
  }
  Result<projections::Answer<std::vector<projections::Placement>>> placements() const override {
    return projections::Answer<std::vector<projections::Placement>>{{}, {}};
  }
  Result<projections::Answer<std::optional<PartitionId>>> placement(BookId id) const override {
    ++asked;
    if (broken) return fail(Errc::io, "the disk is gone");
    return projections::Answer<std::optional<PartitionId>>{
        id.value == 2 ? std::optional(PartitionId{placed}) : std::nullopt, {}};
  }
  Result<projections::Answer<std::optional<Client>>> client(BookId, ClientId) const override {
    ++clients_asked;
    return projections::Answer<std::optional<Client>>{std::nullopt, {}};
  }
  Result<projections::Answer<std::vector<Client>>> clients(BookId) const override {
    return projections::Answer<std::vector<Client>>{{}, {}};
  }
  Result<projections::Answer<std::vector<Ledger>>> ledgers(BookId) const override {
    return projections::Answer<std::vector<Ledger>>{{}, {}};
  }

  BookId opened{1};
  std::uint32_t placed = 1;
  bool broken = false;
  mutable int asked = 0, clients_asked = 0;
};

struct Two {
  Taking commands[2];
  Counting directories[2];
  GatewayPartitions partitions{{commands[0], directories[0]}, {commands[1], directories[1]}};
  BookPlaces places{directories[0]};
  RoutedCommands routed{partitions, places};
  RoutedDirectory directory{partitions, places};

  Result<void> submit(std::uint32_t book) {
    Command command;
    command.header.book = {book};
    return routed.submit(std::move(command), [](const Result<Outcome>&) {});
  }
};

}  // namespace

TEST_CASE("given a book that partition 0 has placed elsewhere, then its commands and callers go there") {
  Two two;
  REQUIRE(two.submit(1));
  REQUIRE(two.submit(2));
  CHECK(two.commands[0].taken == std::vector<BookId>{{1}});
  CHECK(two.commands[1].taken == std::vector<BookId>{{2}});
  REQUIRE(two.directory.client({1}, {5}));
  REQUIRE(two.directory.client({2}, {5}));
  CHECK(two.directories[0].clients_asked == 1);
  CHECK(two.directories[1].clients_asked == 1);
}

TEST_CASE("given a book whose place is known, then it is not asked for again; one that is not there is") {
  Two two;
  for (int i = 0; i < 3; ++i) REQUIRE(two.submit(2));
  CHECK(two.directories[0].asked == 1);
  two.directories[0].asked = 0;
  for (int i = 0; i < 3; ++i) CHECK(two.places.of({3}).value() == PartitionId{0});
  CHECK(two.directories[0].asked == 6);
  two.directories[0].opened = {3};
  for (int i = 0; i < 3; ++i) CHECK(two.places.of({3}).value() == PartitionId{0});
  CHECK(two.directories[0].asked == 8);
}

TEST_CASE(
    "given a place that this process does not have, or a directory that fails, then a call is refused") {
  Two two;
  two.directories[0].placed = 7;
  CHECK(two.submit(2).error().code == Errc::stopped);
  two.directories[0].broken = true;
  CHECK(two.submit(4).error().code == Errc::io);
  CHECK(two.commands[0].taken.empty());
}

TEST_CASE("given a single partition, then nothing is asked where a book lives") {
  Taking commands;
  Counting directory;
  const GatewayPartitions one{{commands, directory}};
  const BookPlaces places(directory);
  CHECK(partition_of(one, places, {9}).value() == &one.front());
  CHECK(directory.asked == 0);
}

}  // namespace florin::gateway
