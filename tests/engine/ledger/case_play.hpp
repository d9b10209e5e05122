// Plays one case of the tables in a world of its own and says where it was answered otherwise.
#pragma once

#include "tests/engine/ledger/case_file.hpp"
#include "tests/engine/ledger/case_words.hpp"
#include "tests/engine/ledger/world.hpp"

namespace florin::ledger::test {

struct Miss {
  Place at;
  std::string what;
};

// What an item of a "when" was answered.
struct Told {
  bool of_account = false;
  std::uint16_t flags = 0;
  std::string status;
};

class Play {
 public:
  explicit Play(Memory memory) : world_(memory) {}

  void run(const Case& played);  // once
  const std::vector<Miss>& misses() const { return misses_; }
  const std::vector<Told>& told() const { return told_; }  // in order of the items

 private:
  void step(const Line& line);
  bool pass_time(Words& words);
  void give(Words& words);
  void ask(Words& words);
  std::string answer();
  void look(Words& words);
  void look_at_account(u128 id, Words& words);
  void look_at_transfer(u128 id, Words& words);

  template <class Item>
  std::string create(const std::vector<Item>& items);  // the statuses, parted by commas
  void check_refused(const Rows& before, const std::vector<Event>& events);
  void expect(const std::string& expected, const std::string& actual);

  World world_;
  Words::Names names_{{"all", u128_max}, {"max", u128_max}};
  std::vector<Account> accounts_;    // asked and not yet answered
  std::vector<Transfer> transfers_;  // likewise
  Place here_;
  std::vector<Told> told_;
  std::vector<Miss> misses_;
};

}  // namespace florin::ledger::test
