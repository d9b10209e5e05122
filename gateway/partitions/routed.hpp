// Commands and callers of every book, by the partition that it lives in. Any thread; the partitions and the
// places outlive these.
#pragma once

#include <vector>

#include "gateway/appender/appender.hpp"
#include "gateway/partitions/book_places.hpp"

namespace florin::gateway {

// What a gateway has of a partition.
struct GatewayPartition {
  CommandPort& commands;
  projections::DirectoryQuery& directory;
};
using GatewayPartitions = std::vector<GatewayPartition>;  // by number

// The number of a partition that this process has. Errors: those of the places, and stopped when it has not.
Result<PartitionId> place_of(const GatewayPartitions& partitions, const BookPlaces& places, BookId book);
Result<const GatewayPartition*> partition_of(const GatewayPartitions& partitions, const BookPlaces& places,
                                             BookId book);

class RoutedCommands final : public CommandPort {
 public:
  RoutedCommands(const GatewayPartitions& partitions, const BookPlaces& places)
      : partitions_(partitions), places_(places) {}
  Result<void> submit(Command command, Done done) override;

 private:
  const GatewayPartitions& partitions_;
  const BookPlaces& places_;
};

// Its position is that of partition 0, which knows the books; those of others are asked of them.
class RoutedDirectory final : public projections::DirectoryQuery {
 public:
  RoutedDirectory(const GatewayPartitions& partitions, const BookPlaces& places)
      : partitions_(partitions), places_(places) {}

  template <class T>
  using Answered = Result<projections::Answer<T>>;
  Answered<std::optional<std::string>> book(BookId book) const override;
  Answered<std::vector<projections::Placement>> placements() const override;
  Answered<std::optional<PartitionId>> placement(BookId book) const override;
  Answered<std::optional<Client>> client(BookId book, ClientId id) const override;
  Answered<std::vector<Client>> clients(BookId book) const override;
  Answered<std::vector<Ledger>> ledgers(BookId book) const override;

  Sequence position() const override { return zero().position(); }
  Token when(Sequence wanted, std::function<void()> reached) override {
    return zero().when(wanted, std::move(reached));
  }
  void cancel(Token token) override { zero().cancel(token); }

 private:
  projections::DirectoryQuery& zero() const { return partitions_.front().directory; }

  const GatewayPartitions& partitions_;
  const BookPlaces& places_;
};

}  // namespace florin::gateway
