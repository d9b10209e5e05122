// Seeded simulation of the whole flow: the real journal, engine, read models and appender on a disk, stores
// and clocks that fail, with a crash at any step, in one thread.
//
// simulation_test [--seeds N] [--seed S [--trace]]: the worlds of seeds 1 to N, or the one world of seed S.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <malloc.h>
#include <sodium.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "engine/base/hash.hpp"
#include "tests/simulation/world.hpp"

namespace florin::simulation {
namespace {

#ifdef NDEBUG
constexpr std::uint64_t seeds_usual = 2'000;
#else  // sanitizers take many times as long
constexpr std::uint64_t seeds_usual = 100;
#endif
constexpr std::uint64_t seeds_that_meet_all = 1'000;
constexpr std::uint64_t seeds_to_find = 300;  // a planted mistake

std::mt19937_64 nonces;
std::uint64_t running_seed = 0;

const char* name_of_source() { return "seeded"; }
std::uint32_t random_word() { return static_cast<std::uint32_t>(nonces()); }
void random_bytes(void* into, std::size_t count) {
  auto* bytes = static_cast<unsigned char*>(into);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<unsigned char>(nonces());
}
randombytes_implementation seeded{name_of_source, random_word, nullptr, nullptr, random_bytes, nullptr};

// An assertion of the program ends it: the seed must be known.
void tell_seed(int) {
  char text[64] = "simulation: aborted; replay with --seed ";
  std::size_t at = std::strlen(text);
  char digits[24];
  std::size_t count = 0;
  for (std::uint64_t rest = running_seed; rest != 0 || count == 0; rest /= 10)
    digits[count++] = static_cast<char>('0' + rest % 10);
  while (count > 0) text[at++] = digits[--count];
  text[at++] = '\n';
  [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, text, at);
}

// What went wrong; empty when nothing did.
std::string play(std::uint64_t seed, Planted planted, bool tells, Hits& hits) {
  running_seed = seed;
  nonces.seed(seed);
  World world(seed, planted, tells);
  std::string text;
  try {
    world.run();
  } catch (const Wrong& finding) {
    text = finding.text;
  }
  for (std::size_t i = 0; i < hits.size(); ++i) hits.at(i) += world.hits().at(i);
  return text;
}

struct Asked {
  std::uint64_t seeds = seeds_usual, seed = 0;  // 0: all
  bool tells = false;
};
Asked asked;

void check(const std::string& found, std::uint64_t seed) {
  CHECK_MESSAGE(found.empty(), found << "; replay with --seed " << seed << " --trace");
}

void tell(const Hits& hits) {
  for (std::size_t i = 0; i < hits.size(); ++i)
    std::printf("%12llu %s\n", static_cast<unsigned long long>(hits.at(i)), fault_names.at(i).data());
}

TEST_CASE("given any faults, then nothing acknowledged is lost, doubled or changed, and damage is found") {
  Hits hits{};
  if (asked.seed != 0) return check(play(asked.seed, Planted::nothing, asked.tells, hits), asked.seed);
  const auto begin = std::chrono::steady_clock::now();
  std::uint64_t seed = 0;
  std::string found;
  while (seed < asked.seeds && found.empty()) found = play(++seed, Planted::nothing, false, hits);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("simulation: %llu seeds, %.0f a second\n", static_cast<unsigned long long>(seed),
              static_cast<double>(seed) / took.count());
  tell(hits);
  check(found, seed);
  if (seed < seeds_that_meet_all || !found.empty()) return;
  for (std::size_t i = 0; i < hits.size(); ++i)
    CHECK_MESSAGE(hits.at(i) > 0, "no seed met " << fault_names.at(i));
}

TEST_CASE("given a seed, when it is played again, then it is the same world") {
  if (asked.seed != 0) return;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Hits first{}, second{};
    check(play(seed, Planted::nothing, false, first), seed);
    check(play(seed, Planted::nothing, false, second), seed);
    CHECK(first == second);
  }
}

void find(Planted planted) {
  if (asked.seed != 0) return;
  Hits hits{};
  std::string found;
  std::uint64_t seed = 0;
  while (found.empty() && seed < seeds_to_find) found = play(++seed, planted, false, hits);
  CHECK_FALSE(found.empty());
  std::printf("simulation: found by seed %llu: %s\n", static_cast<unsigned long long>(seed), found.c_str());
}

TEST_CASE("given a disk that syncs nothing, then it is found") { find(Planted::syncs_nothing); }
TEST_CASE("given a journal that is read before it is written, then it is found") {
  find(Planted::appends_late);
}
TEST_CASE("given a gateway that forgets keys, then it is found") { find(Planted::forgets_keys); }
TEST_CASE("given a store that loses a write and keeps later ones, then it is found") {
  find(Planted::loses_a_middle_write);
}
TEST_CASE("given a gateway that gives the outcomes of others, then it is found") {
  find(Planted::answers_another);
}
TEST_CASE("given a read model that forgets a row, then it is found") { find(Planted::forgets_a_row); }
TEST_CASE("given an engine that undoes other chains than the rules say, then it is found") {
  find(Planted::broken_chains_stay);
}

}  // namespace
}  // namespace florin::simulation

int main(int argc, char** argv) {
  using florin::simulation::asked;
  randombytes_set_implementation(&florin::simulation::seeded);
  florin::initialize_crypto();
  // Worlds come and go with all that they hold: given back to the system each time, half of the time goes
  // there.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  std::signal(SIGABRT, florin::simulation::tell_seed);
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--trace") asked.tells = true;
    else if (word == "--seed" && i + 1 < argc) asked.seed = std::strtoull(argv[++i], nullptr, 10);
    else if (word == "--seeds" && i + 1 < argc) asked.seeds = std::strtoull(argv[++i], nullptr, 10);
  }
  return doctest::Context(argc, argv).run();
}
