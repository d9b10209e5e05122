// A partition on disk as the program has it, driven by hand: encrypted stores, segment journal, read models.
#pragma once

#include "deploy/florin/data_folder.hpp"
#include "deploy/florin/live_check.hpp"
#include "engine/ledger/rows.hpp"
#include "tests/support/partition_rig.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin::testing {

inline constexpr std::chrono::seconds patience{60};

class Server {
  florin::test::TemporaryFolder folder_;
  ManualClock clock_{{1'700'000'000'000'000'000}};
  Settings settings_;
  std::unique_ptr<Appender> appender_;
  u128 last_id_ = 0;

 public:
  DataFolder data;
  std::unique_ptr<processor::Processor> processor;
  std::unique_ptr<projections::ReadModels> views;

  Server() {
    settings_.data = folder_.path() / "data";
    settings_.keyring = settings_.data / "keys";
    settings_.journal_path = settings_.data / "journal";
    settings_.segment_mib = 1;
    settings_.memtable_mib = 1;
    open();
    appender_ = std::make_unique<Appender>(*data.journal, *data.envelope, AppenderId{1},
                                           data.keyring->newest(KeyPurpose::data).value());
    appender_->open();
    Client client;
    client.id = robot;
    client.name = "robot";
    client.scopes = scopes::all;
    client.all_ledgers = true;
    run({{by_operator(), OpenBook{"Book"}},
         {by_operator(), CreateClient{client}},
         {by_operator(), OpenLedgers{{{{700}, "EUR", 2, "Euro", {}}}}}});
    run({{by_client(), CreateAccounts{{account(1), account(2)}}}});
    transfers(20);
  }

  void open() {
    data = DataFolder::open(settings_, clock_, IfMissing::create).value();
    processor = processor::Processor::open({*data.journal, *data.store, *data.events, *data.envelope},
                                           embedded_partition)
                    .value();
    step();
    views = projections::ReadModels::open(settings_.data / "views", *data.events, stores()).value();
    views->start(std::chrono::steady_clock::now() + patience);
  }
  void close() {
    views.reset();
    processor.reset();
    data.close();
  }

  void run(const std::vector<Command>& commands) {
    appender_->append(commands);
    step();
  }
  void step() {
    while (processor->step().value() > 0) {
    }
  }
  // In one record of the journal, and so with one fsync.
  void transfers(int count) {
    std::vector<Command> commands;
    while (count-- > 0)
      commands.push_back(
          {by_client(), CreateTransfers{{transfer(++last_id_, 1 + last_id_ % 2, 2 - last_id_ % 2, 7)}}});
    run(commands);
  }

  projections::StoreFactory stores() {
    return [this](const std::filesystem::path& path) { return open_store(settings_, *data.keyring, path); };
  }
  std::filesystem::path scratch() const { return settings_.data / "check"; }
  std::filesystem::path balances() const { return settings_.data / "views" / "balances" / "1"; }
  CheckPorts ports() {
    return {*data.store,
            *data.journal,
            *data.envelope,
            *data.events,
            *views,
            embedded_partition,
            scratch(),
            stores(),
            {},
            0,
            patience};
  }

  // The account's row in the engine's store, changed behind the engine's back.
  void change_account(u128 id) {
    const InBook<AccountId> name{book, {id}};
    const Bytes key = processor::state_key(ledger::account_key(name));
    ledger::AccountRow row = *ledger::decode_account(name, data.store->get(key).value().value());
    row.balances.debits_posted.value += 1;
    put(*data.store, key, ledger::encode_row(row));
  }
  // Until the read model of balances has every event.
  void wait_for_balances() const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (views->balances().position().value + 1 < data.events->next().value) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  // Rows of the read model of balances, changed while nobody has it open.
  void change_balances(const std::function<void(StoreBatch&)>& change) {
    views.reset();
    {
      const auto store = stores()(balances()).value();
      StoreBatch batch;
      change(batch);
      REQUIRE(store->write(batch).has_value());
    }
    close();
    open();
  }
  static void put(Store& store, Bytes key, Bytes value) {
    StoreBatch batch;
    batch.put(std::move(key), std::move(value));
    REQUIRE(store.write(batch).has_value());
  }
};

}  // namespace florin::testing
