// Append and answer: commands in flight share records; every caller gets the true outcome, or is told that it
// is not known.
#include "gateway/appender/group.hpp"

#include <future>
#include <thread>

#include "engine/processor/runner.hpp"
#include "engine/processor/sole_engine.hpp"
#include "tests/support/partition_rig.hpp"

namespace florin::gateway {
namespace {

using testing::account;
using testing::by_client;
using testing::Partition;
using testing::transfer;

// A journal whose appends can be slow, blocked or broken.
class TroubledJournal final : public Journal {
 public:
  explicit TroubledJournal(Journal& inner) : inner_(inner) {}
  Result<Appended> append(std::span<const Bytes> records) override {
    while (blocked) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (slow) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (broken) return fail(Errc::io, "the disk is gone");
    if (full) return fail(Errc::disk_full, "nothing was written");
    if (away) return fail(Errc::overloaded, "no broker took it");
    ++appends;
    if (doubt == Doubt::none) return append_behind(records);
    const Doubt arrival = doubt.exchange(Doubt::none);
    if (arrival == Doubt::arrived) FLORIN_TRY(inner_.append(records));
    if (arrival == Doubt::late) late_.assign(records.begin(), records.end());
    return fail(Errc::deadline, "it is not known whether it is there");
  }
  Result<void> reopen() override {
    if (closed) return fail(Errc::overloaded, "no broker answers");
    ++reopened;
    return {};
  }
  Result<std::vector<JournalRecord>> read(Ordinal from, std::size_t bytes_max) const override {
    return inner_.read(from, bytes_max);
  }
  Ordinal head() const override { return inner_.head(); }
  bool wait_beyond(Ordinal ordinal, Deadline deadline) const override {
    return inner_.wait_beyond(ordinal, deadline);
  }
  void stop() override { inner_.stop(); }

  std::atomic<bool> slow{false}, blocked{false}, broken{false}, full{false}, away{false};
  std::atomic<bool> closed{false};
  std::atomic<int> appends{0}, reopened{0};

  // What becomes of the next append, which is answered with Errc::deadline.
  enum class Doubt { none, lost, arrived, late };
  std::atomic<Doubt> doubt{Doubt::none};

 private:
  Result<Appended> append_behind(std::span<const Bytes> records) {
    FLORIN_TRY_ASSIGN(const Appended appended, inner_.append(records));
    if (late_.empty()) return appended;
    for (const Bytes& record : std::exchange(late_, {})) FLORIN_TRY(inner_.append(std::span(&record, 1)));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // its events are there before this returns
    return appended;
  }

  Journal& inner_;
  std::vector<Bytes> late_{};  // appended behind the next append
};

struct Rig {
  Partition run;
  TroubledJournal journal{run.journal};
  std::atomic<std::size_t> groups{0}, commands{0};
  std::atomic<bool> room{true};
  std::vector<std::string> failures;
  std::unique_ptr<processor::Runner> runner;
  std::unique_ptr<GroupAppender> appender;

  explicit Rig(std::chrono::milliseconds answer_max = std::chrono::milliseconds(5000),
               std::uint32_t fenced_max = 0) {
    run.open_book_with_robot();
    run.run({{by_client(), CreateAccounts{{account(1), account(2)}}}});
    GroupOptions options;
    options.partition = testing::partition;
    options.appender = {2};
    options.key = {1};
    options.answer_max = answer_max;
    options.fenced_max = fenced_max;
    options.on_failure = [this](const Error& error) { failures.push_back(error.message); };
    options.room = [this] { return room.load(); };
    options.on_group = [this](std::size_t, std::size_t in_group, std::size_t, double) {
      ++groups;
      commands += in_group;
    };
    appender = GroupAppender::open({journal, run.events, run.envelope, run.clock}, options).value();
  }
  ~Rig() {
    journal.blocked = false;
    appender->stop();
    run.journal.stop();
  }
  void start_engine() {
    processor::Runner::Hooks hooks;
    hooks.tick = [] {};
    hooks.now = [this] { return run.clock.now(); };
    hooks.failed = [](const Error& error) { FAIL_CHECK(error.message); };
    hooks.committed = [](std::size_t) {};
    runner = std::make_unique<processor::Runner>(
        std::make_unique<processor::SoleEngine>(std::move(run.processor), journal), hooks);
    runner->start();
  }
  Result<Outcome> call(Command command) {
    auto promise = std::make_shared<std::promise<Result<Outcome>>>();
    auto future = promise->get_future();
    if (auto taken =
            appender->submit(std::move(command),
                             [promise](Result<Outcome> outcome) { promise->set_value(std::move(outcome)); });
        !taken)
      return fail(taken.error());
    return future.get();
  }
};

Command pay(u128 id, u128 amount = 1) { return {by_client(), CreateTransfers{{transfer(id, 1, 2, amount)}}}; }

}  // namespace

TEST_CASE(
    "given 64 callers at once, when appends take a while, then they share records, and each gets its own "
    "outcome") {
  Rig rig;
  rig.journal.slow = true;
  rig.start_engine();
  std::vector<std::thread> callers;
  std::atomic<int> right{0};
  for (u128 caller = 0; caller < 64; ++caller)
    callers.emplace_back([&rig, &right, caller] {
      for (u128 i = 0; i < 10; ++i) {
        const u128 id = caller * 1000 + i + 1;
        const auto outcome = rig.call(pay(id));
        if (outcome && std::get<TransferCreated>(outcome->front().body).transfer.id == TransferId{id})
          ++right;
      }
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(right == 640);
  rig.appender->stop();  // a group is counted when its append returns, which may be behind its answers
  CHECK(rig.commands == 640);
  CHECK(rig.commands / rig.groups >= 8);
}

TEST_CASE("given a key, when the call is repeated, then the outcome is the first one, event for event") {
  Rig rig;
  rig.start_engine();
  Command command{by_client(),
                  CreateTransfers{{transfer(1, 1, 2, 5), transfer(1, 1, 2, 5), transfer(2, 1, 9, 5)}}};
  command.header.keyed = {{{7}, {}}};
  const auto first = rig.call(command).value();
  rig.call(pay(50)).value();
  const auto again = rig.call(command).value();
  CHECK(again.first() == first.first());
  CHECK(again.last() == first.last());
  CHECK(again.replayed());
  CHECK_FALSE(first.replayed());
  std::vector<Event> events, repeated;
  first.for_each([&](const Event& event) { events.push_back(event); });
  again.for_each([&](const Event& event) { repeated.push_back(event); });
  CHECK(events.size() == 3);
  CHECK(events == repeated);
}

TEST_CASE("given an outcome that spans event records, then it is whole and in order") {
  Rig rig;
  rig.start_engine();
  std::vector<Account> accounts;
  for (u128 id = 1; id <= batch_items_max; ++id) {
    accounts.push_back(account((id << 64) + 7));
    accounts.back().user_data_128 = u128_max;
    accounts.back().user_data_64 = accounts.back().user_data_32 = 7;
    accounts.back().reserved = 0;
  }
  const auto outcome = rig.call({by_client(), CreateAccounts{accounts}}).value();
  CHECK(outcome.last().value - outcome.first().value + 1 == batch_items_max);
  std::size_t at = 0;
  outcome.for_each([&](const Event& event) {
    if (std::get<AccountCreated>(event.body).account.id == accounts[at].id) ++at;
  });
  CHECK(at == batch_items_max);
}

TEST_CASE(
    "given an engine that does not answer, when the deadline passes, then the outcome is unknown, and known "
    "later") {
  Rig rig(std::chrono::milliseconds(50));
  const auto outcome = rig.call(pay(1));
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().code == Errc::deadline);
  CHECK(rig.appender->in_flight() == 0);
  rig.start_engine();
  Result<Outcome> again = fail(Errc::deadline, "");
  for (int tries = 0; !again && tries < 100; ++tries) again = rig.call(pay(1));
  CHECK(std::get<TransferRefused>(again.value().front().body).status == TransferStatus::exists);
}

TEST_CASE(
    "given an append that fails, then its callers hear that the outcome is unknown, and later ones are "
    "refused") {
  Rig rig;
  rig.start_engine();
  rig.journal.broken = true;
  CHECK(rig.call(pay(1)).error().code == Errc::deadline);
  for (int tries = 0; rig.appender->healthy() && tries < 1000; ++tries) std::this_thread::yield();
  CHECK(rig.call(pay(2)).error().code == Errc::stopped);
  CHECK(rig.failures == std::vector<std::string>{"the disk is gone"});
}

TEST_CASE(
    "given a journal that stands still, when the queue is full, then calls are refused before they are "
    "accepted") {
  Rig rig;
  rig.journal.blocked = true;
  std::atomic<std::size_t> answers{0};
  Result<void> taken;
  std::size_t accepted = 0;
  while (taken && accepted <= queue_commands_max + 1) {
    taken = rig.appender->submit(pay(accepted + 1), [&answers](const Result<Outcome>&) { ++answers; });
    if (taken) ++accepted;
  }
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().code == Errc::overloaded);
  CHECK(accepted > 10'000);
  rig.journal.blocked = false;
  rig.appender->stop();
  CHECK(answers == accepted);  // everyone is told something
}

TEST_CASE(
    "given a journal whose time is far ahead of this clock, then nothing is appended until the clock is "
    "right") {
  Rig rig;
  rig.start_engine();
  rig.call(pay(1)).value();
  const Timestamp now = rig.run.clock.now();
  rig.run.clock.set({now.value - 6'000'000'000});
  CHECK(rig.call(pay(2)).error().code == Errc::stopped);
  rig.run.clock.set(now);
  CHECK(rig.call(pay(2)).has_value());
}

TEST_CASE(
    "given another key, then records are sealed under it from then on, and their answers are the same") {
  Rig rig;
  rig.start_engine();
  rig.call(pay(1)).value();
  REQUIRE(rig.run.keyring.add(KeyPurpose::data, {2}, SecretKey(Bytes(32, 2))).has_value());
  rig.appender->seal_under({2});
  CHECK(rig.call(pay(2)).has_value());
  const auto records = rig.run.journal.read({0}, 1u << 20).value();
  const auto key_of = [&](const JournalRecord& record) {
    return rig.run.envelope.open_record(record.sealed).value().header.key;
  };
  CHECK(key_of(records.back()) == KeyId{2});
  CHECK(key_of(records[records.size() - 2]) == KeyId{1});
}

TEST_CASE("given a disk without room, then commands are refused until there is some, and ticks are not") {
  Rig rig;
  rig.start_engine();
  rig.room = false;
  CHECK(rig.call(pay(1)).error().code == Errc::disk_full);
  CHECK(rig.call({CommandHeader{}, Tick{}}).has_value());
  rig.room = true;
  CHECK(std::holds_alternative<TransferCreated>(rig.call(pay(1)).value().front().body));
}

TEST_CASE(
    "given a journal that takes nothing for a while, then its callers are refused, and all goes on when it "
    "does again") {
  Rig rig;
  rig.start_engine();
  rig.call(pay(1)).value();
  std::atomic<bool>* trouble = nullptr;
  Errc expected{};
  SUBCASE("a full disk") {
    trouble = &rig.journal.full;
    expected = Errc::disk_full;
  }
  SUBCASE("brokers that are away") {
    trouble = &rig.journal.away;
    expected = Errc::overloaded;
  }
  *trouble = true;
  for (u128 id = 2; id < 5; ++id) CHECK(rig.call(pay(id)).error().code == expected);
  CHECK(rig.appender->healthy());
  CHECK(rig.appender->in_flight() == 0);
  *trouble = false;
  // The engine would stop at a gap in the appender's chain.
  for (u128 id = 2; id < 5; ++id)
    CHECK(std::holds_alternative<TransferCreated>(rig.call(pay(id)).value().front().body));
  CHECK(rig.failures.empty());
}

TEST_CASE("given a newer gateway of the same name, then the older one is told and accepts nothing more") {
  Rig rig;
  rig.start_engine();
  rig.call(pay(1)).value();
  testing::Appender newer(rig.run.journal, rig.run.envelope, {2});
  newer.open();
  CHECK(rig.call(pay(2)).error().code == Errc::stopped);
  for (int tries = 0; rig.appender->healthy() && tries < 1000; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK_FALSE(rig.appender->healthy());
  CHECK(rig.call(pay(3)).error().code == Errc::stopped);
  REQUIRE(rig.failures.size() == 1);
  CHECK(rig.failures.front().find("a newer gateway") != std::string::npos);
}

TEST_CASE(
    "given an append in doubt that has arrived, then its caller gets the true outcome, and calls go on") {
  Rig rig;
  rig.start_engine();
  rig.journal.doubt = TroubledJournal::Doubt::arrived;
  CHECK(std::holds_alternative<TransferCreated>(rig.call(pay(1)).value().front().body));
  CHECK(std::holds_alternative<TransferCreated>(rig.call(pay(2)).value().front().body));
  CHECK(rig.journal.reopened == 1);
  CHECK(rig.failures.empty());
}

TEST_CASE(
    "given an append in doubt that is lost, then its caller hears that at its deadline, and calls go on") {
  Rig rig(std::chrono::milliseconds(200));
  rig.start_engine();
  rig.journal.doubt = TroubledJournal::Doubt::lost;
  CHECK(rig.call(pay(1)).error().code == Errc::deadline);
  CHECK(std::holds_alternative<TransferCreated>(rig.call(pay(1)).value().front().body));
}

TEST_CASE(
    "given an append in doubt that arrives behind the next epoch, then it is not applied, and that is said") {
  Rig rig;
  rig.start_engine();
  rig.journal.doubt = TroubledJournal::Doubt::late;
  CHECK(rig.call(pay(1)).error().code == Errc::stopped);
  CHECK(rig.appender->healthy());
  CHECK(std::holds_alternative<TransferCreated>(rig.call(pay(1)).value().front().body));
}

TEST_CASE("given an append in doubt and brokers that stay away, then calls are refused until they are back") {
  Rig rig(std::chrono::milliseconds(200));
  rig.start_engine();
  rig.journal.doubt = TroubledJournal::Doubt::lost;
  rig.journal.closed = true;
  CHECK(rig.call(pay(1)).error().code == Errc::deadline);
  CHECK(rig.call(pay(2)).error().code == Errc::overloaded);
  CHECK(rig.appender->healthy());
  rig.journal.closed = false;
  CHECK(std::holds_alternative<TransferCreated>(rig.call(pay(2)).value().front().body));
}

TEST_CASE("given its own older epoch that arrives late, then it opens another, and only so often") {
  Rig rig(std::chrono::milliseconds(5000), 2);
  rig.start_engine();
  testing::Appender older(rig.run.journal, rig.run.envelope, {2});
  for (u128 id = 1; id <= 2; ++id) {
    older.open();
    CHECK(rig.call(pay(id)).error().code == Errc::stopped);
    CHECK(std::holds_alternative<TransferCreated>(rig.call(pay(id)).value().front().body));
  }
  older.open();
  CHECK(rig.call(pay(3)).error().code == Errc::stopped);
  CHECK(rig.call(pay(3)).error().code == Errc::stopped);
  CHECK(rig.failures.size() == 1);
}

TEST_CASE("given a command that no record can hold, then it is refused by itself") {
  Rig rig;
  rig.start_engine();
  std::vector<Transfer> transfers(batch_items_max * 4,
                                  transfer(u128_max - 1, u128_max - 1, u128_max - 2, u128_max));
  CHECK(rig.call({by_client(), CreateTransfers{transfers}}).error().code == Errc::invalid_argument);
  CHECK(rig.call(pay(1)).has_value());
}

}  // namespace florin::gateway
