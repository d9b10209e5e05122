// A view host over stores in memory, fed by a book of random commands.
#pragma once

#include <fstream>

#include "tests/projections/rig.hpp"

namespace florin::test {

struct HostRig : Rig<projections::BalancesView> {
  BookModel model{BookId{7}};
  std::mt19937_64 dice{4711};

  void publish(std::size_t records) {
    for (std::size_t i = 0; i < records; ++i) {
      std::vector<Event> events;
      for (int j = 0; j < 10; ++j) events.push_back(model.random(dice));
      log.append(std::move(events));
    }
  }
  std::filesystem::path view_folder() const { return folder.path() / "view"; }
  std::string marker() const {
    std::ifstream in(view_folder() / "CURRENT");
    std::string line;
    std::getline(in, line);
    return line;
  }
  bool rebuilt() {
    return eventually([&] { return !host->status().rebuilding; });
  }
  void check_accounts() {
    for (const auto& [id, account] : model.accounts()) {
      const auto answer = projections::HostedBalances(*host).account(model.book(), id);
      REQUIRE(answer);
      CHECK(answer->value->account == account);
    }
  }
};

}  // namespace florin::test
