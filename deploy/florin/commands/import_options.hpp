// The options of `florin import`, and what they mean.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "deploy/florin/settings.hpp"
#include "gateway/import/import.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the name that CLI11 gave it
class App;
}

namespace florin {

struct ImportOptions {
  std::string file, format, url = "http://127.0.0.1:8000", ca_file, client_id, client_secret_file, report;
  bool plain_http = false, dry_run = false;
  std::uint32_t ledger_base = importing::PlanOptions{}.ledger_base;
  std::vector<std::string> ledgers, currencies, exponents, map;  // NAME=VALUE each
  std::string conversion_account = importing::PlanOptions{}.conversion_account;
  std::string virtual_account = importing::PlanOptions{}.virtual_account;
  std::size_t batch = importing::batch_items_default;

  void add_to(CLI::App& app);
  // A dry run without a client asks no server.
  bool offline() const { return dry_run && client_id.empty(); }

  // Errc::invalid_argument; credentials() also io and permission (others may read the secret's file).
  Result<importing::Imports> imports() const;
  Result<importing::Credentials> credentials(const Settings& settings) const;
  Result<std::unique_ptr<importing::Http>> open_http() const;
};

}  // namespace florin
