// How fast are transfers in process: gateway's appender, journal with an fsync a group, engine, events and
// read models, on disk, without HTTP. The shape is that of TigerBeetle's benchmark: random pairs of accounts,
// time-ordered ids.
//
//   ledger_bench --transfers 1000000 --batch 8189 --callers 1 --accounts 10000 --folder DIR [--hot]
//   [--no-views] [--mix plain|expiring|chains|transactions4|transactions100]
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <future>
#include <random>
#include <thread>

#include "bench/workload.hpp"
#include "deploy/florin/data_folder.hpp"
#include "engine/base/hash.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/processor/runner.hpp"
#include "engine/processor/sole_engine.hpp"
#include "gateway/appender/group.hpp"
#include "projections/read_models.hpp"

namespace florin {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Options {
  std::uint64_t transfers = 1'000'000;
  std::uint32_t batch = 8189, callers = 1, accounts = 10'000;
  std::string folder;
  bool hot = false, views = true;
  bench::Mix mix = bench::Mix::plain;
};

[[noreturn]] void die(const Error& error) {
  std::fprintf(stderr, "bench: %s\n", error.message.c_str());
  std::exit(1);
}
template <class T>
T must(Result<T> result) {
  if (!result) die(result.error());
  return *std::move(result);
}
void must(Result<void> result) {
  if (!result) die(result.error());
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {
    workload_.mix = options.mix;
    workload_.accounts = options.accounts;
    workload_.hot = options.hot;
    settings_.data = options.folder;
    settings_.keyring = settings_.data / "keys";
    settings_.journal_path = settings_.data / "journal";
    settings_.segment_mib = 256;
    settings_.memtable_mib = 16;
  }

  // Opens the folder; the seconds that it took until commands are taken again.
  double open() {
    const auto begin = SteadyClock::now();
    data_ = must(DataFolder::open(settings_, clock_, IfMissing::create));
    auto processor = must(processor::Processor::open(
        {*data_.journal, *data_.store, *data_.events, *data_.envelope}, embedded_partition));
    while (must(processor->step()) > 0) {
    }
    processor::Runner::Hooks hooks;
    hooks.tick = [] {};
    hooks.now = [this] { return clock_.now(); };
    hooks.failed = [](const Error& error) { die(error); };
    hooks.committed = [](std::size_t) {};
    engine_ = std::make_unique<processor::Runner>(
        std::make_unique<processor::SoleEngine>(std::move(processor), *data_.journal), hooks);
    engine_->start();
    if (options_.views) {
      views_ = must(
          projections::ReadModels::open(settings_.data / "views", *data_.events, [this](const auto& folder) {
            return open_store(settings_, *data_.keyring, folder, use_of_read_model(folder));
          }));
      views_->start(SteadyClock::now() + std::chrono::seconds(60));
    }
    gateway::GroupOptions group;
    group.key = must(data_.keyring->newest(KeyPurpose::data));
    group.answer_max = std::chrono::seconds(60);
    group.on_group = [this](std::size_t, std::size_t commands, std::size_t, double) {
      ++groups_;
      commands_ += commands;
    };
    appender_ =
        must(gateway::GroupAppender::open({*data_.journal, *data_.events, *data_.envelope, clock_}, group));
    return Seconds(SteadyClock::now() - begin).count();
  }

  void close() {
    appender_->stop();
    data_.journal->stop();
    engine_->stop();
    data_.events->stop();
    views_.reset();
    appender_.reset();
    engine_.reset();
    data_.close();
  }

  gateway::Outcome call(CommandBody body) {
    CommandHeader header;
    header.book = {1};
    header.principal = {PrincipalKind::operator_, 0};
    std::promise<Result<gateway::Outcome>> promise;
    must(appender_->submit({header, std::move(body)}, [&promise](Result<gateway::Outcome> outcome) {
      promise.set_value(std::move(outcome));
    }));
    return must(promise.get_future().get());
  }

  // A benchmark that is refused measures something else.
  static void check(const gateway::Outcome& outcome) {
    outcome.for_each([](const Event& event) {
      if (std::holds_alternative<TransferCreated>(event.body)) return;
      if (std::holds_alternative<TransactionCreated>(event.body)) return;
      die({Errc::invalid_argument, "the ledger refused a call: " + std::string(name(event.body))});
    });
  }

  void prepare() {
    call(OpenBook{"Bench"});
    call(OpenLedgers{{{{1}, "EUR", 2, "Euro", {}}}});
    for (std::uint32_t first = 1; first <= options_.accounts; first += batch_items_max) {
      CreateAccounts body;
      for (std::uint32_t id = first; id < first + batch_items_max && id <= options_.accounts; ++id) {
        Account account;
        account.id = {id};
        account.ledger = {1};
        account.code = 1;
        account.flags = account_flags::history;
        body.accounts.push_back(account);
      }
      call(std::move(body));
    }
    groups_ = commands_ = 0;
  }

  // Latencies in seconds of all calls, sorted.
  std::vector<double> load() {
    std::vector<std::vector<double>> latencies(options_.callers);
    std::vector<std::thread> callers;
    const std::uint64_t calls = options_.transfers / options_.batch / options_.callers;
    for (std::uint32_t caller = 0; caller < options_.callers; ++caller)
      callers.emplace_back([this, caller, calls, &latencies] {
        std::mt19937_64 random(caller + 1);
        for (std::uint64_t i = 0; i < calls; ++i) {
          CommandBody body = workload_.call(random, caller, options_.batch, clock_);
          const auto begin = SteadyClock::now();
          check(call(std::move(body)));
          latencies[caller].push_back(Seconds(SteadyClock::now() - begin).count());
        }
      });
    for (std::thread& caller : callers) caller.join();
    std::vector<double> all;
    for (const auto& part : latencies) all.insert(all.end(), part.begin(), part.end());
    std::sort(all.begin(), all.end());
    return all;
  }

  void wait_for_views() {
    if (!views_) return;
    for (bool behind = true; behind; std::this_thread::sleep_for(std::chrono::milliseconds(1))) {
      behind = false;
      for (const auto& view : views_->status()) behind = behind || view.health.lag > 0;
    }
  }

  double commands_per_group() const {
    return groups_ == 0 ? 0 : static_cast<double>(commands_) / static_cast<double>(groups_);
  }

 private:
  const Options& options_;
  bench::Workload workload_;
  Settings settings_;
  SystemClock clock_;
  DataFolder data_;
  std::unique_ptr<processor::Runner> engine_;
  std::unique_ptr<projections::ReadModels> views_;
  std::unique_ptr<gateway::GroupAppender> appender_;
  std::atomic<std::uint64_t> groups_{0}, commands_{0};
};

double at(const std::vector<double>& sorted, double fraction) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(fraction * static_cast<double>(sorted.size())))] *
         1e3;
}

std::uint64_t bytes_below(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) bytes += entry.file_size();
  return bytes;
}

void run(const Options& options) {
  Bench bench(options);
  bench.open();
  bench.prepare();
  const auto begin = SteadyClock::now();
  const auto latencies = bench.load();
  const double seconds = Seconds(SteadyClock::now() - begin).count();
  bench.wait_for_views();
  const double behind = Seconds(SteadyClock::now() - begin).count() - seconds;
  const double transfers = static_cast<double>(latencies.size()) * options.batch;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  bench.close();
  const double reopened = bench.open();
  bench.close();
  std::printf(
      "%s, batch %u, callers %u%s%s: %.0f items, %.0f items/s, p50 %.3f ms, p99 %.3f ms, p100 %.3f ms, "
      "%.1f commands/fsync, views behind %.2f s, RSS %ld MiB, %.0f bytes/item on disk, reopened in %.2f "
      "s\n",
      bench::mix_names[static_cast<int>(options.mix)], options.batch, options.callers,
      options.hot ? ", hot" : "", options.views ? "" : ", no views", transfers, transfers / seconds,
      at(latencies, 0.5), at(latencies, 0.99), at(latencies, 1), bench.commands_per_group(), behind,
      usage.ru_maxrss / 1024, static_cast<double>(bytes_below(options.folder)) / transfers, reopened);
}

}  // namespace
}  // namespace florin

int main(int argc, char** argv) {
  florin::initialize_crypto();
  florin::Options options;
  CLI::App app("Transfers in process: appender, journal, engine, read models; no HTTP.");
  app.add_option("--transfers", options.transfers, "How many in all.");
  app.add_option("--batch", options.batch, "Transfers in a call.")->check(CLI::Range(1, 8189));
  app.add_option("--callers", options.callers, "Threads that call in a closed loop.")
      ->check(CLI::Range(1, 1024));
  app.add_option("--accounts", options.accounts, "Accounts to choose from.")->check(CLI::Range(2, 1'000'000));
  app.add_option("--folder", options.folder, "An empty folder on the disk to measure.")->required();
  std::map<std::string, florin::bench::Mix> mixes;
  for (std::size_t i = 0; i < std::size(florin::bench::mix_names); ++i)
    mixes[florin::bench::mix_names[i]] = static_cast<florin::bench::Mix>(i);
  app.add_option("--mix", options.mix, "What the calls ask for.")->transform(CLI::CheckedTransformer(mixes));
  app.add_flag("--hot", options.hot, "One account pays every transfer.");
  app.add_flag("!--no-views", options.views, "Without read models.");
  CLI11_PARSE(app, argc, argv);
  florin::run(options);
  return 0;
}
