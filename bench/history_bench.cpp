// How fast are history pages, past balances and past trial balances when a book is large: the read models are
// filled by their own workers from made-up events, on disk, and then asked, without HTTP. A part of the
// transfers are holds that expire.
//
//   history_bench --transfers 10000000 --accounts 10000 --queries 10000 --folder DIR
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <deque>
#include <random>

#include "deploy/florin/data_folder.hpp"
#include "engine/base/hash.hpp"
#include "projections/balances.hpp"
#include "projections/history.hpp"

namespace florin {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr BookId book{1};
constexpr LedgerId ledger{1};
constexpr std::uint32_t record_events = 5'000;
constexpr std::size_t open_holds_max = 10'000;  // then the oldest expires
constexpr std::uint16_t account_codes = 10;
constexpr std::uint64_t first_time = 1'700'000'000'000'000'000, step_ns = 1'000;

struct Options {
  std::uint64_t transfers = 10'000'000;
  std::uint32_t accounts = 10'000, queries = 10'000, expiring_percent = 10;
  std::string folder;
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

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Of this thread, which asks: on a busy machine the clock tells of the others' work.
double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Events that an engine could have published, made one record after another for one reader.
class MadeEvents final : public EventSource {
 public:
  explicit MadeEvents(const Options& options) : options_(options), balances_(options.accounts) {}

  Result<std::vector<EventBatchPtr>> read(Sequence from, std::size_t) const override {
    while (!record_ || record_->next() <= from) record_ = make_record();
    return std::vector<EventBatchPtr>{record_};
  }
  // An expiry is an event more, so that the end shows when it is reached.
  Sequence next() const override { return done() ? record_->next() : Sequence{~std::uint64_t{0}}; }
  bool wait_beyond(Sequence sequence, Deadline) const override { return next() > sequence; }
  void stop() override {}
  bool done() const { return done_; }

 private:
  EventBatchPtr make_record() const {
    auto record = std::make_shared<EventBatch>();
    if (record_) {
      record->header.first = record_->next();
      record->header.previous = record_->hash;
    } else {
      record->header.first = {1};
    }
    while (record->events.size() < record_events && !finished()) record->events.push_back(make_event());
    record->header.count = static_cast<std::uint32_t>(record->events.size());
    std::memcpy(record->hash.data(), &record->header.first.value, sizeof(std::uint64_t));
    done_ = finished();
    return record;
  }
  bool finished() const { return transfers_ == options_.transfers && holds_.empty(); }

  Event make_event() const {
    time_ += step_ns;
    if (accounts_ < options_.accounts) return {{time_}, book, 0, make_account()};
    if (holds_.size() > open_holds_max || transfers_ == options_.transfers)
      return {{time_}, book, no_command, make_expiry()};
    return {{time_}, book, 0, make_transfer()};
  }
  AccountCreated make_account() const {
    AccountCreated created;
    created.account.id = {++accounts_};
    created.account.ledger = ledger;
    created.account.code = code_of(accounts_);
    created.account.flags = account_flags::history;
    created.account.timestamp = {time_};
    return created;
  }
  static std::uint16_t code_of(std::uint64_t account) {
    return static_cast<std::uint16_t>(1 + account % account_codes);
  }
  TransferCreated make_transfer() const {
    TransferCreated created;
    Transfer& transfer = created.transfer;
    transfer.id = {(u128{time_} << 64) | ++transfers_};
    const std::uint64_t debit = random_() % options_.accounts;
    const std::uint64_t credit = (debit + 1 + random_() % (options_.accounts - 1)) % options_.accounts;
    transfer.debit_account_id = {debit + 1};
    transfer.credit_account_id = {credit + 1};
    transfer.amount = {random_() % 10'000 + 1};
    transfer.user_data_64 = random_();
    transfer.ledger = ledger;
    transfer.code = 1;
    transfer.timestamp = {time_};
    if (random_() % 100 < options_.expiring_percent) {
      transfer.flags = transfer_flags::pending;
      transfer.timeout = 1;
      balances_[debit].debits_pending.value += transfer.amount.value;
      balances_[credit].credits_pending.value += transfer.amount.value;
      holds_.push_back(transfer);
    } else {
      balances_[debit].debits_posted.value += transfer.amount.value;
      balances_[credit].credits_posted.value += transfer.amount.value;
    }
    created.debit = {balances_[debit], account_flags::history};
    created.credit = {balances_[credit], account_flags::history};
    return created;
  }
  TransferExpired make_expiry() const {
    const Transfer hold = holds_.front();
    holds_.pop_front();
    Balances& debit = balances_[static_cast<std::size_t>(hold.debit_account_id.value - 1)];
    Balances& credit = balances_[static_cast<std::size_t>(hold.credit_account_id.value - 1)];
    debit.debits_pending.value -= hold.amount.value;
    credit.credits_pending.value -= hold.amount.value;
    return {hold.id, hold.debit_account_id,           hold.credit_account_id,           hold.amount,
            ledger,  {debit, account_flags::history}, {credit, account_flags::history}, hold.flags};
  }

  const Options& options_;
  mutable std::mt19937_64 random_{1};
  mutable std::vector<Balances> balances_;
  mutable std::deque<Transfer> holds_;
  mutable EventBatchPtr record_;
  mutable std::uint64_t time_ = first_time, accounts_ = 0, transfers_ = 0;
  mutable std::atomic<bool> done_ = false;
};

// Milliseconds of each call, sorted.
template <class Ask>
void measure(const Options& options, const char* what, Ask ask) {
  std::mt19937_64 random(2);
  std::vector<double> latencies;
  std::uint64_t answers = 0;
  const double cpu_begin = thread_cpu_seconds();
  const std::uint64_t span = (options.transfers + options.accounts) * step_ns;
  for (std::uint32_t i = 0; i < options.queries; ++i) {
    const AccountId account{random() % options.accounts + 1};
    const Timestamp moment{first_time + random() % span};
    const auto begin = SteadyClock::now();
    answers += ask(account, moment);
    latencies.push_back(Seconds(SteadyClock::now() - begin).count() * 1e3);
  }
  std::sort(latencies.begin(), latencies.end());
  const auto at = [&](double fraction) {
    return latencies[static_cast<std::size_t>(fraction * static_cast<double>(latencies.size() - 1))];
  };
  const double cpu = (thread_cpu_seconds() - cpu_begin) * 1e3;
  std::printf("%-44s p50 %.3f ms, p99 %.3f ms, p100 %.3f ms, %.3f ms of CPU, %.1f rows\n", what, at(0.5),
              at(0.99), at(1), cpu / options.queries, static_cast<double>(answers) / options.queries);
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {
    settings_.data = options.folder;
    settings_.keyring = settings_.data / "keys";
    settings_.memtable_mib = 16;
    keyring_ = must(open_keyring(settings_, IfMissing::create));
  }

  template <class View>
  std::unique_ptr<projections::ViewHost> fill(MadeEvents& events) {
    auto host = must(projections::ViewHost::open(
        [] { return std::make_unique<View>(); }, settings_.data / View().name(), events,
        [this](const auto& folder) {
          return open_store(settings_, *keyring_, folder, use_of_read_model(folder));
        }));
    const auto begin = SteadyClock::now();
    const double cpu_begin = cpu_seconds();
    host->start(begin);
    for (auto health = host->status().health; !events.done() || health.lag > 0;
         health = host->status().health) {
      if (health.state == projections::WorkerState::halted) die({Errc::stopped, health.reason});
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    const double seconds = Seconds(SteadyClock::now() - begin).count();
    const auto transfers = static_cast<double>(options_.transfers);
    std::printf("%s: %.0f transfers in %.1f s, %.2f us each, %.2f us of CPU each\n",
                std::string(View().name()).c_str(), transfers, seconds, seconds * 1e6 / transfers,
                (cpu_seconds() - cpu_begin) * 1e6 / transfers);
    return host;
  }

  void history() {
    MadeEvents events(options_);
    const auto host = fill<projections::HistoryView>(events);
    const projections::HostedHistory query(*host);
    measure(options_, "past balance of an account", [&](AccountId account, Timestamp moment) {
      return must(query.balances_at(book, account, moment)).value ? 1u : 0u;
    });
    for (const bool descending : {false, true}) {
      const auto page = [&](Timestamp moment) {
        projections::HistoryFilter filter;
        filter.descending = descending;
        (descending ? filter.timestamp_max : filter.timestamp_min) = moment;
        return filter;
      };
      const std::string order = descending ? ", newest first" : ", oldest first";
      measure(options_, ("100 transfers of an account" + order).c_str(),
              [&](AccountId account, Timestamp moment) {
                return must(query.account_transfers(book, account, page(moment))).value.rows.size();
              });
      measure(options_, ("100 balances of an account" + order).c_str(),
              [&](AccountId account, Timestamp moment) {
                return must(query.account_balances(book, account, page(moment))).value.rows.size();
              });
    }
  }

  void balances() {
    MadeEvents events(options_);
    const auto host = fill<projections::BalancesView>(events);
    const projections::HostedBalances query(*host);
    measure(options_, "trial balance as it stands",
            [&](AccountId, Timestamp) { return must(query.trial_balance(book)).value.size(); });
    measure(options_, "trial balance of a past moment", [&](AccountId, Timestamp moment) {
      return must(query.trial_balance(book, moment)).value.size();
    });
  }

 private:
  const Options& options_;
  Settings settings_;
  std::unique_ptr<WrappedKeyring> keyring_;
};

}  // namespace
}  // namespace florin

int main(int argc, char** argv) {
  florin::initialize_crypto();
  florin::Options options;
  CLI::App app("History pages and past balances of a large book; no HTTP.");
  app.add_option("--transfers", options.transfers, "How many in all.")->check(CLI::Range(1, 100'000'000));
  app.add_option("--accounts", options.accounts, "Accounts to choose from.")->check(CLI::Range(2, 1'000'000));
  app.add_option("--queries", options.queries, "Of each kind.")->check(CLI::Range(1, 10'000'000));
  app.add_option("--expiring", options.expiring_percent, "Percent of transfers that are holds and expire.")
      ->check(CLI::Range(0, 100));
  app.add_option("--folder", options.folder, "An empty folder on the disk to measure.")->required();
  CLI11_PARSE(app, argc, argv);
  florin::Bench bench(options);
  bench.history();
  bench.balances();
  return 0;
}
