// The read model of what is in a book: its name, its API clients with their grants, its ledgers.
#pragma once

#include <map>

#include "projections/rows.hpp"
#include "projections/view.hpp"
#include "projections/view_host.hpp"

namespace florin::projections {

inline constexpr std::size_t directory_rows_max = 100'000;  // in one answer

class DirectoryView final : public View {
 public:
  std::string_view name() const override { return "directory"; }
  std::uint32_t schema() const override { return 2; }
  Result<void> apply(const Event& event, const StoreReader& store) override;
  Result<void> write(StoreBatch& batch, const StoreReader& store) override;

 private:
  void put_client(BookId book, const Client& client);
  Result<Client> client(BookId book, ClientId id, const StoreReader& store) const;
  Result<void> open_ledger(BookId book, const LedgerOpened& opened, const StoreReader& store);
  Result<void> revoke(BookId book, ClientId id, const StoreReader& store);

  std::map<Bytes, Bytes> changed_;  // rows of this batch
};

// The query side. Any thread; the host outlives it.
class HostedDirectory final : public Hosted<DirectoryQuery> {
 public:
  using Hosted::Hosted;
  Result<Answer<std::optional<std::string>>> book(BookId book) const override;
  Result<Answer<std::vector<Placement>>> placements() const override;
  Result<Answer<std::optional<PartitionId>>> placement(BookId book) const override;
  Result<Answer<std::optional<Client>>> client(BookId book, ClientId id) const override;
  Result<Answer<std::vector<Client>>> clients(BookId book) const override;
  Result<Answer<std::vector<Ledger>>> ledgers(BookId book) const override;
};

}  // namespace florin::projections
