// The engine as a function of its journal: who may write records, what a command's outcome is, and that the
// same journal gives the same events and state however it is cut into commits and restarts.
#include "tests/support/partition_rig.hpp"

namespace florin::testing {
namespace {

template <class Body>
const Body& only(const std::vector<Event>& events) {
  REQUIRE(events.size() == 1);
  REQUIRE(std::holds_alternative<Body>(events[0].body));
  return std::get<Body>(events[0].body);
}

Errc stops_with(Partition& run) {
  const auto records = run.processor->step();
  REQUIRE_FALSE(records.has_value());
  return records.error().code;
}

}  // namespace

TEST_CASE(
    "given an empty journal, when it is opened, then record 0 is the genesis and record 1 opens an epoch") {
  Partition run;
  const auto events = run.since({1});
  REQUIRE(events.size() == 2);
  CHECK(std::get<GenesisRecorded>(events[0].body) == GenesisRecorded{1, {1}});
  CHECK(std::get<AppenderOpened>(events[1].body) == AppenderOpened{{1}, {1}, 0});
  CHECK(run.processor->status().next_ordinal == Ordinal{2});
  CHECK(run.processor->status().next_sequence == Sequence{3});
}

TEST_CASE(
    "given a record of several commands, then each has its own events, in order, with ascending unique "
    "times") {
  Partition run;
  run.open_book_with_robot();
  const auto events = run.run({{by_client(), CreateAccounts{{account(1), account(2)}}},
                               {by_client(), CreateTransfers{{transfer(1, 1, 2, 50), transfer(1, 1, 2, 50)}}},
                               {by_client(ClientId{9}), CreateAccounts{{account(3)}}}});
  REQUIRE(events.size() == 5);
  CHECK(events[0].command == 0);
  CHECK(events[2].command == 1);
  CHECK(std::get<TransferCreated>(events[2].body).debit.balances.debits_posted == Amount{50});
  CHECK(std::get<TransferRefused>(events[3].body).status == TransferStatus::exists);
  CHECK(std::get<TransferRefused>(events[3].body).timestamp == events[2].time);
  CHECK(events[4].command == 2);
  CHECK(std::get<CommandRefused>(events[4].body).reason == Rejection::client_unknown);
  for (std::size_t i = 1; i < events.size(); ++i) CHECK(events[i - 1].time < events[i].time);
}

TEST_CASE(
    "given an idempotency key, when the call is repeated, then the first answer is named; with another body "
    "it is refused") {
  Partition run;
  run.open_book_with_robot();
  CommandHeader header = by_client();
  header.keyed = {{{7}, {}}};
  header.keyed[0].fingerprint.fill(1);
  const Sequence first = run.events.next();
  CHECK(run.run({{header, CreateAccounts{{account(1), account(2)}}}}).size() == 2);
  const auto repeated = run.run({{header, CreateAccounts{{account(1), account(2)}}}});
  CHECK(only<CommandRepeated>(repeated) == CommandRepeated{first, 2});
  run.restart();
  CHECK(only<CommandRepeated>(run.run({{header, CreateAccounts{}}})) == CommandRepeated{first, 2});
  header.keyed[0].fingerprint.fill(2);
  CHECK(only<CommandRefused>(run.run({{header, CreateAccounts{}}})).reason ==
        Rejection::idempotency_key_reused);
}

TEST_CASE("given a refused command with a key, when its reason is gone, then the same call is decided anew") {
  Partition run;
  CommandHeader header = by_client();
  header.keyed = {{{7}, {}}};
  header.keyed[0].fingerprint.fill(1);
  CHECK(only<CommandRefused>(run.run({{header, CreateAccounts{{account(1)}}}})).reason ==
        Rejection::book_not_open);
  run.open_book_with_robot();
  only<AccountCreated>(run.run({{header, CreateAccounts{{account(1)}}}}));
}

TEST_CASE(
    "given a pending transfer on a ledger that is not granted, when it is posted without naming the ledger, "
    "then it is refused") {
  Partition run;
  run.open_book_with_robot();
  Transfer pending = transfer(1, 1, 2, 50);
  pending.flags = transfer_flags::pending;
  run.run(
      {{by_client(), CreateAccounts{{account(1), account(2)}}}, {by_client(), CreateTransfers{{pending}}}});
  Client other;
  other.id = {43};
  other.name = "other";
  other.scopes = scopes::all;
  run.run({{by_operator(), CreateClient{other}}});
  Transfer post;
  post.id = {2};
  post.pending_id = {1};
  post.amount = amount_max;
  post.flags = transfer_flags::post_pending_transfer;
  CHECK(only<CommandRefused>(run.run({{by_client(other.id), CreateTransfers{{post}}}})).reason ==
        Rejection::ledger_not_granted);
  only<TransferCreated>(run.run({{by_client(), CreateTransfers{{post}}}}));
}

TEST_CASE(
    "given a command with not_after, when engine time is past it, then it is refused and leaves nothing") {
  Partition run;
  run.open_book_with_robot();
  CommandHeader header = by_client();
  header.not_after = {run.clock.now().value};
  run.clock.advance_ns(1'000'000'000);
  CHECK(only<CommandRefused>(run.run({{header, CreateAccounts{{account(1)}}}})).reason ==
        Rejection::not_after_passed);
  CHECK(std::get<TransferRefused>(run.run({{by_client(), CreateTransfers{{transfer(1, 1, 2, 1)}}}})[0].body)
            .status == TransferStatus::debit_account_not_found);
}

TEST_CASE(
    "given a dry run, when it is decided, then its events are previews, and the digest of rows is as after a "
    "tick") {
  Partition run;
  run.open_book_with_robot();
  CommandHeader dry = by_client();
  dry.dry_run = true;
  const auto events =
      run.run({{dry, CreateAccounts{{account(1)}}}, {by_client(), CreateAccounts{{account(1)}}}});
  REQUIRE(events.size() == 2);
  CHECK(
      std::holds_alternative<AccountCreated>(decode_previewed(std::get<Previewed>(events[0].body)).value()));
  CHECK(std::holds_alternative<AccountCreated>(events[1].body));
  run.restart();
  CHECK(
      std::holds_alternative<AccountRefused>(run.run({{by_client(), CreateAccounts{{account(1)}}}})[0].body));
}

TEST_CASE(
    "given a transaction and its whole reversal in one record, when the engine restarts, then both stand") {
  Partition run;
  run.open_book_with_robot();
  Transaction sale;
  sale.id = {1};
  sale.code = 1;
  sale.postings = {{{1}, PostingSide::debit, {5}, {}}, {{2}, PostingSide::credit, {5}, {}}};
  Transaction back;
  back.id = {2};
  back.reversal_of = {1};
  back.flags = transaction_flags::whole;
  const auto events = run.run({{by_client(), CreateAccounts{{account(1), account(2)}}},
                               {by_client(), Bulk{false, {sale}}},
                               {by_client(), Bulk{false, {back}}}});
  CHECK(events.size() == 6);
  run.restart();
  CHECK(std::get<TransactionRefused>(run.run({{by_client(), Bulk{false, {back}}}})[0].body).status ==
        TransactionStatus::exists);
}

TEST_CASE(
    "given a client without a ledger, when an item of its bulk reaches into it, then the whole bulk is "
    "refused") {
  Partition run;
  run.open_book_with_robot();
  run.run({{by_client(), CreateAccounts{{account(1), account(2)}}},
           {by_client(), CreateTransfers{{transfer(1, 1, 2, 5)}}}});
  Client other;
  other.id = {43};
  other.name = "other";
  other.scopes = scopes::all;
  run.run({{by_operator(), CreateClient{other}},
           {by_client(other.id), OpenLedgers{{{{701}, "EUR", 2, "Own", {}}}}}});
  Account own = account(9);
  own.ledger = {701};
  Transaction sale;
  sale.id = {1};
  sale.code = 1;
  sale.postings = {{{1}, PostingSide::debit, {5}, {}}, {{2}, PostingSide::credit, {5}, {}}};
  for (const BulkItem& item : std::vector<BulkItem>{
           sale, SetLimits{{1}, {}}, account(7), transfer(2, 1, 2, 1),
           SetMetadata{{TargetKind::account, 1}, {}}, SetMetadata{{TargetKind::transfer, 1}, {}}}) {
    const auto refused = only<CommandRefused>(run.run({{by_client(other.id), Bulk{false, {own, item}}}}));
    CHECK(refused.reason == Rejection::ledger_not_granted);
    CHECK(refused.item == 1);
  }
  CHECK(run.run({{by_client(other.id), Bulk{false, {own}}}}).size() == 1);
}

TEST_CASE("given a pending transfer with a timeout, when a tick comes after its time, then it expires once") {
  Partition run;
  run.open_book_with_robot();
  Transfer pending = transfer(1, 1, 2, 50);
  pending.flags = transfer_flags::pending;
  pending.timeout = 1;
  run.run(
      {{by_client(), CreateAccounts{{account(1), account(2)}}}, {by_client(), CreateTransfers{{pending}}}});
  REQUIRE(run.processor->status().next_due.has_value());
  run.clock.set(*run.processor->status().next_due);
  run.restart();
  const auto events = run.run({{{}, Tick{}}});
  REQUIRE(events.size() == 2);
  CHECK(std::get<TransferExpired>(events[0].body).id == TransferId{1});
  CHECK(events[0].command == no_command);
  CHECK(std::holds_alternative<Ticked>(events[1].body));
  CHECK_FALSE(run.processor->status().next_due.has_value());
}

TEST_CASE(
    "given the same record twice, then it is applied once; given a record of an older epoch, then it is "
    "fenced") {
  Partition run;
  run.open_book_with_robot();
  run.run({{by_client(), CreateAccounts{{account(1)}}}});
  const Sequence before = run.events.next();
  run.appender.append_again();
  run.step();
  CHECK(only<RecordSkipped>(run.since(before)).reason == RecordSkipped::Reason::duplicate);

  Appender zombie = run.appender;
  run.appender.open();
  run.step();
  const Sequence fence = run.events.next();
  zombie.append({{by_client(), CreateAccounts{{account(2)}}}});
  run.step();
  CHECK(only<RecordSkipped>(run.since(fence)).reason == RecordSkipped::Reason::fenced);
  only<AccountCreated>(run.run({{by_client(), CreateAccounts{{account(2)}}}}));
}

TEST_CASE("given the record that opens an epoch twice, then its appender goes on in the first one") {
  Partition run;
  run.open_book_with_robot();
  Appender other(run.journal, run.envelope, {9});
  other.open();
  run.step();
  const Sequence before = run.events.next();
  other.append_again();
  other.append({{by_client(), CreateAccounts{{account(1)}}}});
  run.step();
  const auto events = run.since(before);
  REQUIRE(events.size() == 2);
  CHECK(std::get<RecordSkipped>(events[0].body).reason == RecordSkipped::Reason::duplicate);
  CHECK(std::holds_alternative<AccountCreated>(events[1].body));
}

TEST_CASE(
    "given two who find the journal empty, then both write the same genesis, and the second is skipped") {
  Partition run;
  run.journal.stop();
  ManualClock clock({1});
  MemoryJournal journal(clock), other(clock);
  REQUIRE(processor::write_genesis(journal, run.keyring, run.envelope, partition));
  clock.advance_ns(1'000'000);
  const Envelope of_another_process(run.keyring);
  REQUIRE(processor::write_genesis(other, run.keyring, of_another_process, partition));
  const Bytes genesis = other.read({0}, 0).value().front().sealed;
  REQUIRE(journal.append(std::span(&genesis, 1)));
  MemoryStore store;
  MemoryEventLog log;
  const auto engine = processor::Processor::open({journal, store, log, run.envelope}, partition).value();
  while (engine->step().value() > 0) {
  }
  const auto batches = log.read({1}, ~std::size_t{0}).value();
  REQUIRE(batches.size() == 2);
  CHECK(std::holds_alternative<RecordSkipped>(batches[1]->events.front().body));
}

TEST_CASE("given a gap, a fork or a stranger in an appender's chain, then the engine stops at that record") {
  Partition run;
  SUBCASE("a counter is left out") { run.appender.header().counter += 1; }
  SUBCASE("the hash of the record before is another") { run.appender.header().previous.fill(9); }
  SUBCASE("the epoch never opened") { run.appender.header().epoch.value += 1; }
  SUBCASE("the appender never opened") { run.appender.header().appender = {77}; }
  SUBCASE("the record is another partition's") { run.appender.header().partition = {5}; }
  run.appender.append({{{}, Tick{}}});
  CHECK(stops_with(run) == Errc::corrupt);
}

TEST_CASE("given a command that its principal cannot give, or a second genesis, then the engine stops") {
  Partition run;
  SUBCASE("a tick by the operator") { run.appender.append({{by_operator(), Tick{}}}); }
  SUBCASE("a book opened by the system") { run.appender.append({{{}, OpenBook{"Book"}}}); }
  SUBCASE("a second genesis") { run.appender.append({{{}, Genesis{1, {1}}}}); }
  CHECK(stops_with(run) == Errc::corrupt);
}

TEST_CASE(
    "given a journal that is shorter than the state, when the engine opens, then it refuses and names both") {
  Partition run;
  MemoryJournal shorter(run.clock);
  const auto opened = processor::Processor::open({shorter, run.store, run.events, run.envelope}, partition);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == Errc::corrupt);
  CHECK(opened.error().message.find("record 0") != std::string::npos);
}

TEST_CASE("given events over the payload limit, then they are split between events and chained") {
  Partition run;
  run.open_book_with_robot();
  std::vector<Account> accounts;
  for (u128 id = 1; id <= batch_items_max; ++id) {
    accounts.push_back(account(id << 64));
    accounts.back().user_data_128 = u128_max;
    accounts.back().user_data_64 = 7;
  }
  std::vector<Command> commands(3, {by_client(), CreateAccounts{accounts}});
  const Sequence from = run.events.next();
  CHECK(run.run(commands).size() == 3 * batch_items_max);
  const auto batches = run.events.read(from, ~std::size_t{0}).value();
  REQUIRE(batches.size() > 1);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    CHECK(batches[i]->header.part == i);
    CHECK(batches[i]->header.last == (i + 1 == batches.size()));
    if (i > 0) CHECK(batches[i]->header.previous == batches[i - 1]->hash);
    if (i > 0) CHECK(batches[i]->header.first == batches[i - 1]->next());
  }
}

TEST_CASE(
    "given one journal, when it is decided in one go, record by record, or with restarts, then events and "
    "digest are equal") {
  Partition run;
  run.open_book_with_robot();
  for (u128 id = 1; id <= 20; ++id) {
    run.clock.advance_ns(1000);
    run.run({{by_client(), CreateAccounts{{account(id), account(id)}}},
             {by_client(), CreateTransfers{{transfer(id, id, id > 1 ? id - 1 : 1, 10 * id)}}}});
  }
  const auto digest = run.digest();
  const auto hash = run.events.read({run.events.next().value - 1}, 0).value().front()->hash;

  Partition again;
  MemoryStore store;
  MemoryEventLog events;
  bool restarts = false;
  std::size_t bytes_max = processor::step_bytes_max;
  SUBCASE("in one go") {}
  SUBCASE("record by record") { bytes_max = 0; }
  SUBCASE("with a restart after every record") {
    bytes_max = 0;
    restarts = true;
  }
  auto processor = processor::Processor::open({run.journal, store, events, run.envelope}, partition).value();
  for (auto records = processor->step(bytes_max); records.value() > 0; records = processor->step(bytes_max))
    if (restarts)
      processor = processor::Processor::open({run.journal, store, events, run.envelope}, partition).value();
  CHECK(processor::state_digest(store).value().hash == digest);
  CHECK(events.read({events.next().value - 1}, 0).value().front()->hash == hash);
}

}  // namespace florin::testing
