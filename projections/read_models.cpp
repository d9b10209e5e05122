#include "projections/read_models.hpp"

namespace florin::projections {
namespace {

template <class Concrete>
Result<std::unique_ptr<ViewHost>> open_host(const std::filesystem::path& folder, const EventSource& source,
                                            const StoreFactory& stores) {
  auto host =
      ViewHost::open([] { return std::make_unique<Concrete>(); }, folder / Concrete().name(), source, stores);
  if (!host)
    return fail(host.error().code, "the read model '" + std::string(Concrete().name()) +
                                       "' cannot be opened: " + host.error().message);
  return host;
}

}  // namespace

void ReadModels::add_balances(HostPtr host) {
  balances_.emplace(*host);
  accounts_.emplace(*host);
  hosts_.insert(hosts_.end() - 1, std::move(host));  // before the directory
}

void ReadModels::add_history(HostPtr host) {
  history_.emplace(*host);
  transfers_.emplace(*host);
  transactions_.emplace(*host);
  hosts_.insert(hosts_.end() - 1, std::move(host));  // before the directory
}

Result<std::unique_ptr<ReadModels>> ReadModels::open(const std::filesystem::path& folder,
                                                     const EventSource& source, const StoreFactory& stores,
                                                     Models models) {
  HostPtr balances, history;
  if (models == Models::all) {
    FLORIN_TRY_ASSIGN(balances, open_host<BalancesView>(folder, source, stores));
    FLORIN_TRY_ASSIGN(history, open_host<HistoryView>(folder, source, stores));
  }
  FLORIN_TRY_ASSIGN(HostPtr directory, open_host<DirectoryView>(folder, source, stores));
  std::unique_ptr<ReadModels> opened(new ReadModels(std::move(directory)));
  if (balances) opened->add_balances(std::move(balances));
  if (history) opened->add_history(std::move(history));
  return opened;
}

void ReadModels::start(Deadline log_reaches) {
  for (const HostPtr& host : hosts_) host->start(log_reaches);
}

void ReadModels::stop() {
  for (const HostPtr& host : hosts_) host->stop();
}

Result<void> ReadModels::rebuild(std::string_view name) {
  std::string known;
  for (const HostPtr& host : hosts_) {
    const std::string its_name = host->status().name;
    if (its_name == name) return host->rebuild();
    known += (known.empty() ? "" : ", ") + its_name;
  }
  return fail(Errc::not_found, "no read model has this name; there are: " + known);
}

std::vector<ViewStatus> ReadModels::status() const {
  std::vector<ViewStatus> all;
  for (const HostPtr& host : hosts_) all.push_back(host->status());
  return all;
}

}  // namespace florin::projections
