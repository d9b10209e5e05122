// replay_digest FOLDER: decides the journal of a data folder again, compares every event record with the
// published ones, and prints the state digest. The same as `florin replay` without the rest of the program,
// so that it is quick to build under other compilers and build types (compare.py).
#include <cstdio>

#include "deploy/florin/data_folder.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/replay/replay.hpp"

namespace florin {
namespace {

Result<void> print_digest(const char* folder) {
  SettingInputs inputs;
  inputs.flags.push_back({"data", folder});
  FLORIN_TRY_ASSIGN(const auto settings, load_settings(inputs));
  const SystemClock clock;
  FLORIN_TRY_ASSIGN(const DataFolder data, DataFolder::open(settings.values, clock, IfMissing::refuse));
  FLORIN_TRY_ASSIGN(const auto report, replay::run(
                                           *data.journal, *data.envelope, *data.events, embedded_partition,
                                           [](Ordinal) {}, data.quarantine));
  std::printf("%llu records %llu events %s\n", static_cast<unsigned long long>(report.records),
              static_cast<unsigned long long>(report.events), to_hex(report.digest.hash).c_str());
  return {};
}

}  // namespace
}  // namespace florin

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: replay_digest FOLDER\n", stderr);
    return 2;
  }
  florin::initialize_crypto();
  const auto done = florin::print_digest(argv[1]);
  if (done) return 0;
  std::fprintf(stderr, "replay_digest: %s\n", done.error().message.c_str());
  return 1;
}
