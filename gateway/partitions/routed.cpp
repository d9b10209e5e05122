#include "gateway/partitions/routed.hpp"

namespace florin::gateway {

Result<PartitionId> place_of(const GatewayPartitions& partitions, const BookPlaces& places, BookId book) {
  if (partitions.size() == 1) return PartitionId{0};
  FLORIN_TRY_ASSIGN(const PartitionId place, places.of(book));
  if (place.value < partitions.size()) return place;
  return fail(Errc::stopped, "book " + to_string(book) + " lives in partition " + to_string(place) +
                                 ", which the topics of this process do not have");
}

Result<const GatewayPartition*> partition_of(const GatewayPartitions& partitions, const BookPlaces& places,
                                             BookId book) {
  FLORIN_TRY_ASSIGN(const PartitionId place, place_of(partitions, places, book));
  return &partitions[place.value];
}

Result<void> RoutedCommands::submit(Command command, Done done) {
  FLORIN_TRY_ASSIGN(const auto* partition, partition_of(partitions_, places_, command.header.book));
  return partition->commands.submit(std::move(command), std::move(done));
}

RoutedDirectory::Answered<std::optional<std::string>> RoutedDirectory::book(BookId book) const {
  FLORIN_TRY_ASSIGN(const auto* partition, partition_of(partitions_, places_, book));
  return partition->directory.book(book);
}
RoutedDirectory::Answered<std::vector<projections::Placement>> RoutedDirectory::placements() const {
  return zero().placements();
}
RoutedDirectory::Answered<std::optional<PartitionId>> RoutedDirectory::placement(BookId book) const {
  return zero().placement(book);
}
RoutedDirectory::Answered<std::optional<Client>> RoutedDirectory::client(BookId book, ClientId id) const {
  FLORIN_TRY_ASSIGN(const auto* partition, partition_of(partitions_, places_, book));
  return partition->directory.client(book, id);
}
RoutedDirectory::Answered<std::vector<Client>> RoutedDirectory::clients(BookId book) const {
  FLORIN_TRY_ASSIGN(const auto* partition, partition_of(partitions_, places_, book));
  return partition->directory.clients(book);
}
RoutedDirectory::Answered<std::vector<Ledger>> RoutedDirectory::ledgers(BookId book) const {
  FLORIN_TRY_ASSIGN(const auto* partition, partition_of(partitions_, places_, book));
  return partition->directory.ledgers(book);
}

}  // namespace florin::gateway
