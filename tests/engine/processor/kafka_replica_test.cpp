// Two engines on a real broker: journal and events are topics, each engine has its own clients and store, and
// a kill takes all of it but the topics away.
#include <atomic>
#include <thread>

#include "engine/journal/kafka_journal.hpp"
#include "engine/journal/kafka_topic_sink.hpp"
#include "engine/processor/replica.hpp"
#include "tests/support/kafka_broker.hpp"
#include "tests/support/partition_rig.hpp"

namespace florin::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds take_over_step{50};
constexpr int kills = 12;

std::unique_ptr<KafkaJournal> open_journal(const kafka::Partition& topic) {
  auto opened = KafkaJournal::open(test::kafka_connection(), topic);
  REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
  return *std::move(opened);
}

struct World {
  // The rig decides in memory what a topic then carries record by record; so it is what is compared with.
  void work(u128 first_account) {
    run.clock.advance_ns(1'000'000);
    run.appender.append(
        {{by_client(), CreateAccounts{{account(first_account), account(first_account + 1)}}}});
    carry();
  }
  void carry() {
    const auto records = run.journal.read(journal->head(), ~std::size_t{0});
    REQUIRE(records);
    for (const JournalRecord& record : *records) REQUIRE(journal->append(std::span(&record.sealed, 1)));
  }

  Partition run{};
  kafka::Partition commands = test::new_kafka_topic(), events = test::new_kafka_topic();
  std::unique_ptr<KafkaJournal> journal = open_journal(commands);
};

// As a process has it: all of it ends at once, and only what the store wrote stays.
class Process {
 public:
  Process(World& world, std::uint32_t rank) : world_(world), rank_(rank) { start(); }
  ~Process() { kill(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void start() {
    journal_ = open_journal(world_.commands);
    auto topic = KafkaEventTopic::open(test::kafka_connection(), world_.events, world_.run.envelope);
    REQUIRE_MESSAGE(topic, (topic ? "" : topic.error().message));
    topic_ = *std::move(topic);
    sink_ = std::make_unique<KafkaTopicSink>(test::kafka_connection(), world_.events, *topic_, rank_);
    auto processor = processor::Processor::open({*journal_, store, *sink_, world_.run.envelope}, partition);
    REQUIRE_MESSAGE(processor, (processor ? "" : processor.error().message));
    replica = std::make_unique<processor::Replica>(
        *std::move(processor), *journal_, *topic_, *topic_,
        processor::ReplicaOptions{
            .rank = rank_, .take_over_step = take_over_step, .overlap = processor::Overlap::all_groups});
    stop_ = false;
    thread_ = std::thread(&Process::run, this);
  }
  void kill() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    replica.reset();
    sink_.reset();
    topic_.reset();
    journal_.reset();
  }
  bool caught_up(Ordinal head) const { return replica->status().next_ordinal >= head; }
  Hash256 digest() const { return processor::state_digest(store).value().hash; }

  MemoryStore store{};
  std::unique_ptr<processor::Replica> replica{};
  std::atomic<int> failures{0};

 private:
  void run() {
    while (!stop_) {
      const auto stepped = replica->step(std::chrono::steady_clock::now());
      if (!stepped) {
        MESSAGE(stepped.error().message);
        ++failures;
        return;
      }
      if (*stepped == 0) replica->wait(std::chrono::steady_clock::now() + 20ms);
    }
  }

  World& world_;
  const std::uint32_t rank_;
  std::unique_ptr<KafkaJournal> journal_{};
  std::unique_ptr<KafkaEventTopic> topic_{};
  std::unique_ptr<KafkaTopicSink> sink_{};
  std::atomic<bool> stop_{false};
  std::thread thread_{};
};

bool wait_for(const std::function<bool()>& what) {
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!what() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(5ms);
  return what();
}

}  // namespace

TEST_CASE(
    "given two engines on a broker that end in turn under load, then the other goes on and the events never "
    "fork") {
  if (!test::kafka_available()) return;
  World world;
  world.run.open_book_with_robot();
  world.carry();
  Process engines[] = {{world, 0}, {world, 1}};
  u128 next_account = 10;
  for (int kill = 0; kill < kills; ++kill) {
    for (int i = 0; i < 8; ++i) world.work(next_account += 10);
    Process& victim = engines[kill % 2];
    Process& other = engines[1 - kill % 2];
    victim.kill();
    world.work(next_account += 10);
    CHECK(wait_for([&] { return other.caught_up(world.journal->head()); }));
    CHECK(other.replica->role() == processor::Replica::Role::publisher);
    victim.start();
  }
  world.work(next_account += 10);
  world.run.step();
  for (Process& engine : engines) {
    CHECK(wait_for([&] { return engine.caught_up(world.journal->head()); }));
    CHECK(engine.failures == 0);
    engine.kill();
  }
  const auto topic = KafkaEventTopic::open(test::kafka_connection(), world.events, world.run.envelope);
  REQUIRE(topic);
  const auto replayed = world.run.events.read({1}, ~std::size_t{0});
  REQUIRE((*topic)->next() == world.run.events.next());
  Sequence next{1};
  std::size_t compared = 0;
  while (next < (*topic)->next()) {
    const auto batches = (*topic)->read(next, ~std::size_t{0});
    REQUIRE_MESSAGE(batches, (batches ? "" : batches.error().message));
    for (const EventBatchPtr& batch : *batches) {
      REQUIRE(batch->header.ordinal == replayed->at(compared)->header.ordinal);
      REQUIRE(batch->header.first == replayed->at(compared)->header.first);
      ++compared;
    }
    next = batches->back()->next();
  }
  CHECK(compared == replayed->size());
  CHECK(engines[0].digest() == engines[1].digest());
}

}  // namespace florin::testing
