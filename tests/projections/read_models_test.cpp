#include "projections/read_models.hpp"

#include "engine/base/secret.hpp"
#include "engine/store/rocksdb_store.hpp"
#include "tests/projections/rig.hpp"
#include "tests/support/storage_keys.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace {

constexpr BookId book{7};

void publish(EventLog& log, BookModel& model, std::mt19937_64& dice, std::size_t events) {
  std::vector<Event> record;
  for (std::size_t i = 0; i < events; ++i) record.push_back(model.random(dice));
  log.append(std::move(record));
}

bool all_at(ReadModels& models, Sequence wanted) {
  return eventually([&] {
    return models.balances().position() >= wanted && models.history().position() >= wanted &&
           models.directory().position() >= wanted;
  });
}

void check_equal(ReadModels& models, const BookModel& model) {
  for (const auto& [id, account] : model.accounts())
    CHECK(models.balances().account(book, id)->value->account == account);
  for (const BookModel::Entry& entry : model.entries()) {
    const auto answer = models.history().transfer(book, entry.transfer.id);
    REQUIRE(answer);
    REQUIRE(answer->value);
    CHECK(answer->value->transfer == entry.transfer);
    CHECK(answer->value->state == entry.state);
  }
}

}  // namespace

TEST_CASE(
    "given encrypted stores on disk, when the program runs, restarts and rebuilds, then all answers stay "
    "right") {
  TemporaryFolder folder;
  EventLog log;
  BookModel model(book);
  std::mt19937_64 dice(99);
  const SecretKey key = SecretKey::random();
  const StoreFactory stores = [&](const std::filesystem::path& path) -> Result<std::unique_ptr<Store>> {
    FLORIN_TRY_ASSIGN(std::unique_ptr<Store> store, RocksdbStore::open(path, test::storage_keys(key)));
    return store;
  };
  log.append({Event{{1}, book, 0, BookOpened{"Demo"}}});
  for (int start = 0; start < 3; ++start) {
    auto models = ReadModels::open(folder.path() / "read_models", log, stores);
    REQUIRE(models);
    (*models)->start(soon());
    publish(log, model, dice, 100);
    REQUIRE(all_at(**models, log.tail().position));
    check_equal(**models, model);
    CHECK((*models)->directory().book(book)->value == "Demo");
    REQUIRE((*models)->rebuild("history"));
    publish(log, model, dice, 50);
    REQUIRE(eventually([&] { return !(*models)->status()[1].rebuilding; }));
    REQUIRE(all_at(**models, log.tail().position));
    check_equal(**models, model);
    for (const ViewStatus& status : (*models)->status()) {
      CHECK(status.health.state == WorkerState::running);
      CHECK(status.note.empty());
    }
  }
}

TEST_CASE("given the facade, then it names its read models and refuses an unknown one") {
  TemporaryFolder folder;
  EventLog log;
  StoreShelf shelf;
  auto models = ReadModels::open(folder.path() / "read_models", log, shelf.factory());
  REQUIRE(models);
  std::vector<std::string> names;
  for (const ViewStatus& status : (*models)->status()) names.push_back(status.name);
  CHECK(names == std::vector<std::string>{"balances", "history", "directory"});
  const auto refused = (*models)->rebuild("statements");
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::not_found);
  CHECK(refused.error().message.find("balances, history, directory") != std::string::npos);
  (*models)->start(soon());
  (*models)->stop();
  CHECK((*models)->status()[0].health.state == WorkerState::stopped);
}

TEST_CASE("given a wait through a query interface, then it ends when that read model is there") {
  TemporaryFolder folder;
  EventLog log;
  StoreShelf shelf;
  auto models = ReadModels::open(folder.path() / "read_models", log, shelf.factory());
  REQUIRE(models);
  (*models)->start(soon());
  std::promise<void> reached;
  (*models)->directory().when({1}, [&] { reached.set_value(); });
  bool never = false;
  const auto token = (*models)->history().when({1}, [&] { never = true; });
  (*models)->history().cancel(token);
  log.append({Event{{1}, book, 0, BookOpened{"Demo"}}});
  CHECK(reached.get_future().wait_for(patience) == std::future_status::ready);
  REQUIRE(all_at(**models, {1}));
  CHECK(!never);
}

TEST_CASE("given a read model that cannot be opened, then the error names it") {
  TemporaryFolder folder;
  EventLog log;
  StoreShelf shelf;
  shelf.set(StoreShelf::Fault::open_refused);
  const auto refused = ReadModels::open(folder.path() / "read_models", log, shelf.factory());
  REQUIRE(!refused);
  CHECK(refused.error().message.find("'balances' cannot be opened: another key") != std::string::npos);
}
