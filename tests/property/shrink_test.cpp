// The property test's own test: a fault that is planted is found, and what is left of it is small.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/property/child.hpp"
#include "tests/property/search.hpp"
#include "tests/property/shrink.hpp"

namespace florin::property {
namespace {

constexpr std::uint64_t seed = 1;
constexpr std::uint64_t commands_max = 20'000;

std::size_t items(const Story& story) {
  std::size_t count = 0;
  for (const Step& step : story.steps) count += size(step.items);
  return count;
}

// Found, made small, and not to be seen where the fault is not.
std::string planted(Fault fault) {
  const Search done = search(seed, commands_max, fault);
  REQUIRE(done.found);
  std::string told = tell(*done.found);
  INFO(told);
  CHECK(done.found->story.steps.size() <= 4);
  CHECK(items(done.found->story) <= 5);
  CHECK(judge(done.found->story, fault)->kind == done.found->finding.kind);
  CHECK_FALSE(judge(done.found->story, Fault::none));
  return told;
}

TEST_CASE("given ids that should burn and do not, then an id that comes twice is left") {
  const std::string told = planted(Fault::ids_never_burn);
  INFO(told);
  CHECK(told.find("id_already_failed\n") != std::string::npos);
}

TEST_CASE("given holds that last a nanosecond too long, then a hold and a post in that nanosecond are left") {
  const std::string told = planted(Fault::holds_last_longer);
  INFO(told);
  CHECK(told.find("s pass unseen\n") != std::string::npos);
  CHECK(told.find("then pending_transfer_expired\n") != std::string::npos);
}

TEST_CASE("given a limit that overlooks holds, then little more than a limited account and holds are left") {
  const std::string told = planted(Fault::pending_debits_are_free);
  INFO(told);
  CHECK(told.find("that keeps debits within credits") != std::string::npos);
  CHECK(told.find("exceeds_credits\n") != std::string::npos);
}

TEST_CASE("given chains that are not undone, then a chain and what shows it are left") {
  const std::string told = planted(Fault::broken_chains_stay);
  INFO(told);
  CHECK(told.find("linked") != std::string::npos);
}

TEST_CASE("given reversals that forget each other, then a transaction and two reversals are left") {
  const std::string told = planted(Fault::reversals_are_forgotten);
  INFO(told);
  CHECK(told.find("then exceeds_reversed_transaction\n") != std::string::npos);
}

TEST_CASE("given limits that are forgotten, then a limit and who exceeds it are left") {
  const std::string told = planted(Fault::limits_are_forgotten);
  INFO(told);
  CHECK(told.find("limits of account") != std::string::npos);
}

TEST_CASE("given atomic bulks that are not undone, then one that fails is left") {
  const std::string told = planted(Fault::failed_bulks_stay);
  INFO(told);
  CHECK(told.find("atomic bulk") != std::string::npos);
  CHECK(told.find("linked_event_failed") != std::string::npos);
}

TEST_CASE("given dry runs that are not undone, then one is left") {
  const std::string told = planted(Fault::dry_runs_stay);
  INFO(told);
  CHECK(told.find("in a dry run") != std::string::npos);
}

TEST_CASE("given a piece that crashes, throws or never ends, then the test goes on and says how it ended") {
  const auto in_short = [](const std::function<std::string()>& piece) {
    return in_child(piece, 1, Output::hidden);
  };
  const Ended well = in_short([] { return std::string(100'000, 'x'); });
  CHECK(well.well);
  CHECK(well.text.size() == 100'000);
  CHECK(in_short([]() -> std::string { std::abort(); }).text == "the process was ended by: Aborted");
  CHECK(in_short([]() -> std::string { throw 1; }).text == "the process ended with exit code 2");
  CHECK(in_short([]() -> std::string {
          while (true) ::pause();
        }).text == "the process was ended by: Alarm clock");
}

}  // namespace
}  // namespace florin::property
