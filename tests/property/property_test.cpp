// Random commands against a small independent model. Each story is a new state: its answers, its rows and a
// state rebuilt from its events must all be what the model says. Every result that there is must be met.
//
// FLORIN_PROPERTY_COMMANDS: how many commands in all (one is a call with a batch of items).
// FLORIN_PROPERTY_SEED: the seed that a failure printed; the same seed gives the same commands.
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/property/child.hpp"
#include "tests/property/search.hpp"

namespace florin::property {
namespace {

#ifdef NDEBUG
constexpr std::uint64_t commands_usual = 1'000'000;
#else  // sanitizers take many times as long
constexpr std::uint64_t commands_usual = 20'000;
#endif
constexpr std::uint64_t commands_that_meet_all = 400'000;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): this program has one thread
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Statuses all_statuses() {
  Statuses all{"account created",
               "transfer created",
               "transaction created",
               "metadata set",
               "limits set",
               "metadata linked_event_failed",
               "metadata too_long",
               "metadata too_many_keys",
               "metadata target_not_found",
               "limits account_not_found",
               "limits linked_event_failed",
               "limits debit_balance_exceeds_limit",
               "limits credit_balance_exceeds_limit",
               "dry run",
               "bulk done",
               "bulk done in part",
               "bulk undone",
               "atomic bulk done",
               "atomic bulk undone"};
#define FLORIN_TAKE_ACCOUNT(status, number) all.insert("account " #status);
#define FLORIN_TAKE_TRANSFER(status, number) all.insert("transfer " #status);
#define FLORIN_TAKE_TRANSACTION(status, number) all.insert("transaction " #status);
  FLORIN_ACCOUNT_STATUSES(FLORIN_TAKE_ACCOUNT)
  FLORIN_TRANSFER_STATUSES(FLORIN_TAKE_TRANSFER)
  FLORIN_TRANSACTION_STATUSES(FLORIN_TAKE_TRANSACTION)
#undef FLORIN_TAKE_ACCOUNT
#undef FLORIN_TAKE_TRANSFER
#undef FLORIN_TAKE_TRANSACTION
  return all;
}

TEST_CASE("given any commands, the core answers and keeps what the model does") {
  const std::uint64_t commands = setting("FLORIN_PROPERTY_COMMANDS", commands_usual);
  const std::uint64_t seed = setting("FLORIN_PROPERTY_SEED", std::random_device{}());
  std::printf("property: FLORIN_PROPERTY_SEED=%llu\n", static_cast<unsigned long long>(seed));
  const Search done = search(seed, commands);
  if (done.found) {
    // Once more in the open: what the process itself says of its end belongs to the finding.
    in_child([&] { return play(done.found->story), std::string(); }, 20, Output::shown);
    FAIL(tell(*done.found));
  }
  std::printf("property: %llu commands with %llu items, %zu kinds of answers\n",
              static_cast<unsigned long long>(done.commands), static_cast<unsigned long long>(done.items),
              done.met.size());
  CHECK(done.commands >= commands);
  if (commands < commands_that_meet_all) return;
  for (const std::string& status : all_statuses()) CHECK_MESSAGE(done.met.contains(status), status);
}

}  // namespace
}  // namespace florin::property
