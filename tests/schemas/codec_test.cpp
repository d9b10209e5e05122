// The codecs of commands and events: what is written is read back, and every other byte string is refused or
// means exactly what its re-encoding says.
#include <doctest/doctest.h>

#include "engine/base/codec.hpp"
#include "schemas/commands.hpp"
#include "schemas/events.hpp"

namespace florin {
namespace {

Account full_account() {
  Account account;
  account.id = {u128_max - 1};
  account.balances = {{1}, {u128_max}, {300}, {4}};
  account.user_data_128 = 5;
  account.user_data_64 = 6;
  account.user_data_32 = 7;
  account.reserved = 8;
  account.ledger = {700};
  account.code = 9;
  account.flags = account_flags::history | account_flags::closed;
  account.timestamp = {1'700'000'000'000'000'000};
  return account;
}

Transfer full_transfer() {
  Transfer transfer;
  transfer.id = {1};
  transfer.debit_account_id = {2};
  transfer.credit_account_id = {u128_max};
  transfer.amount = amount_max;
  transfer.pending_id = {3};
  transfer.user_data_128 = u128_max;
  transfer.user_data_64 = ~std::uint64_t{0};
  transfer.user_data_32 = ~std::uint32_t{0};
  transfer.timeout = ~std::uint32_t{0};
  transfer.ledger = {~std::uint32_t{0}};
  transfer.code = 0xffff;
  transfer.flags = 0xffff;
  transfer.timestamp = {~std::uint64_t{0}};
  return transfer;
}

Transaction full_transaction() {
  Transaction transaction;
  transaction.id = {u128_max - 1};
  transaction.reversal_of = {12};
  transaction.user_data_128 = u128_max;
  transaction.user_data_64 = 6;
  transaction.user_data_32 = 7;
  transaction.code = 8;
  transaction.flags = transaction_flags::whole;
  transaction.timestamp = {1'700'000'000'000'000'000};
  transaction.postings = {{{1}, PostingSide::debit, {300}, {700}}, {{2}, PostingSide::credit, {300}, {700}}};
  transaction.metadata = {{"invoice", "A-17"}, {"note", ""}};
  return transaction;
}

Client full_client() {
  Client client;
  client.id = {42};
  client.name = "Ledger robot";
  client.secret_hash.fill(7);
  client.scopes = scopes::all;
  client.ledgers = {{1}, {700}};
  client.version = 3;
  client.revoked = true;
  client.timestamp = {99};
  return client;
}

std::vector<Command> one_of_each_command() {
  CommandHeader header;
  header.book = {7};
  header.principal = {PrincipalKind::client, 42};
  header.session = 1;
  header.factors = 2;
  header.credential_version = 3;
  header.keyed = {{{77}, {}}, {{78}, {}}};
  header.keyed[0].fingerprint.fill(9);
  header.keyed[1].fingerprint.fill(10);
  header.not_after = {123};
  const Ledger ledger{{700}, "EUR", 2, "Euro", {5}};
  CommandHeader dry_run = header;
  dry_run.dry_run = true;
  return {{{}, Genesis{1, {1}}},
          {{}, OpenAppender{4}},
          {{}, ActivateKey{{2}}},
          {{}, Tick{}},
          {{}, ActivateRuleset{2}},
          {header, OpenBook{"Book"}},
          {header, CreateClient{full_client()}},
          {header, RevokeClient{{42}}},
          {header, PlaceBook{"Book", {3}}},
          {header, OpenLedgers{{ledger, Ledger{}}}},
          {header, CreateAccounts{{full_account(), Account{}}}},
          {header, CreateTransfers{{full_transfer(), Transfer{}}}},
          {dry_run,
           Bulk{true,
                {full_account(), full_transfer(), full_transaction(),
                 SetMetadata{{TargetKind::transfer, 5}, {{"a", "b"}, {"gone", std::nullopt}}},
                 SetLimits{{6}, {Amount{7}, std::nullopt}}, SetLimits{{6}, {std::nullopt, amount_max}}}}}};
}

std::vector<Event> one_of_each_event() {
  const AccountAfter after{{{1}, {2}, {3}, {u128_max}}, account_flags::closed};
  return {{{1}, {}, 0, GenesisRecorded{1, {1}}},
          {{2}, {}, 0, AppenderOpened{{1}, {5}, 6}},
          {{3}, {}, 0, KeyActivated{{2}}},
          {{4}, {}, 0, Ticked{}},
          {{4}, {}, 0, RulesetActivated{2}},
          {{5}, {}, no_command, RecordSkipped{RecordSkipped::Reason::fenced}},
          {{6}, {7}, 1, CommandRefused{Rejection::ledger_not_granted, 8}},
          {{7}, {7}, 2, CommandRepeated{{9}, 10}},
          {{8}, {7}, 3, BookOpened{"Book"}},
          {{9}, {7}, 3, ClientCreated{full_client()}},
          {{10}, {7}, 3, ClientRevoked{{42}}},
          {{10}, {7}, 3, BookPlaced{"Book", {3}}},
          {{11}, {7}, 3, LedgerOpened{{{700}, "EUR", 2, "Euro", {5}}, {42}}},
          {{12}, {7}, 3, LedgerRefused{{700}, LedgerStatus::exists, {11}}},
          {{13}, {7}, 3, AccountCreated{full_account()}},
          {{14}, {7}, 3, AccountRefused{{1}, AccountStatus::ledger_not_open, {14}}},
          {{15}, {7}, 3, TransferCreated{full_transfer(), after, after}},
          {{16}, {7}, 3, TransferRefused{{1}, TransferStatus::exceeds_debits, {16}, Available{{2}, {300}}}},
          {{17}, {7}, no_command, TransferExpired{{1}, {2}, {3}, {4}, {700}, after, after, 66}},
          {{18}, {7}, 3, TransactionCreated{full_transaction(), 1}},
          {{19},
           {7},
           3,
           TransactionRefused{{1}, TransactionStatus::exceeds_credits, {19}, 2, Available{{2}, {3}}}},
          {{20},
           {7},
           3,
           MetadataSet{{TargetKind::account, 1}, {4}, {{"key", std::nullopt, "new"}, {"old", "x", {}}}}},
          {{21}, {7}, 3, MetadataRefused{{TargetKind::transaction, 1}, MetadataStatus::too_long}},
          {{22}, {7}, 3, LimitsSet{{1}, {Amount{5}, Amount{6}}}},
          {{23}, {7}, 3, LimitsRefused{{1}, LimitsStatus::account_not_found}},
          {{24}, {7}, 3, preview(TransferRefused{{1}, TransferStatus::exists, {16}})}};
}

Bytes encode(const std::vector<Command>& commands) {
  Bytes bytes;
  for (const Command& command : commands) encode_command(command, bytes);
  return bytes;
}
Bytes encode(const std::vector<Event>& events) {
  Bytes bytes;
  for (const Event& event : events) encode_event(event, bytes);
  return bytes;
}

// Every truncation and every flipped bit: refused, or decoded to something that encodes to the very same
// bytes.
template <class Decode>
void check_damage(const Bytes& good, Decode decode) {
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(decode(ByteView(good).first(size)).has_value());
  Bytes longer = good;
  longer.push_back(0);
  CHECK_FALSE(decode(ByteView(longer)).has_value());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes damaged = good;
    damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1u << (bit % 8)));
    if (auto decoded = decode(ByteView(damaged))) CHECK(encode(*decoded) == damaged);
  }
}

}  // namespace

TEST_CASE("commands of every kind are read back as they were written") {
  const auto commands = one_of_each_command();
  REQUIRE(commands.size() == std::variant_size_v<CommandBody>);
  const auto decoded = decode_commands(encode(commands), static_cast<std::uint32_t>(commands.size()));
  REQUIRE(decoded.has_value());
  CHECK(*decoded == commands);
}

TEST_CASE("events of every kind are read back as they were written") {
  const auto events = one_of_each_event();
  REQUIRE(events.size() == std::variant_size_v<EventBody>);
  const auto decoded = decode_events(encode(events), static_cast<std::uint32_t>(events.size()));
  REQUIRE(decoded.has_value());
  CHECK(*decoded == events);
}

TEST_CASE("damaged commands and events are refused, or are other values with their own one encoding") {
  for (const Command& command : one_of_each_command())
    check_damage(encode(std::vector{command}), [](ByteView bytes) { return decode_commands(bytes, 1); });
  for (const Event& event : one_of_each_event())
    check_damage(encode(std::vector{event}), [](ByteView bytes) { return decode_events(bytes, 1); });
}

TEST_CASE("what a dry run would have done is read back from its preview") {
  const EventBody body = TransactionCreated{full_transaction(), 1};
  CHECK(decode_previewed(preview(body)).value() == body);
  Previewed damaged = preview(body);
  damaged.body.push_back(0);
  CHECK(decode_previewed(damaged).error().code == Errc::format);
}

TEST_CASE("the legs of a transaction have ids of their own range, in order, one range for each transaction") {
  CHECK(leg_id({1}, 0).value == (u128{1} << 127) + 1024);
  CHECK(leg_id({1}, 998).value == (u128{1} << 127) + 1024 + 998);
  CHECK(leg_id({u128_max - 1}, 998).value < u128_max);
  CHECK(leg_id({7}, 999) < leg_id({8}, 0));
}

TEST_CASE("a count that the payload cannot hold is refused before memory is reserved") {
  CHECK(decode_events(Bytes{1, 2, 3}, ~std::uint32_t{0}).error().code == Errc::format);
  CHECK(decode_commands(Bytes{1, 2, 3}, ~std::uint32_t{0}).error().code == Errc::format);
}

TEST_CASE("record headers keep every field, and refuse other lengths, formats and counts") {
  RecordHeader header;
  header.partition = {3};
  header.appender = {4};
  header.epoch = {5};
  header.counter = 6;
  header.previous.fill(7);
  header.key = {8};
  header.send_time = {9};
  header.original_stamp = {10};
  header.count = 11;
  const Bytes bytes = encode_record_header(header);
  CHECK(bytes.size() == record_header_bytes);
  CHECK(decode_record_header(bytes).value() == header);
  CHECK_FALSE(decode_record_header(ByteView(bytes).first(85)).has_value());
  header.count = 0;
  CHECK_FALSE(decode_record_header(encode_record_header(header)).has_value());
  header.count = 1;
  header.format = 1;
  CHECK(decode_record_header(encode_record_header(header)).error().code == Errc::format);
}

TEST_CASE("event record headers keep every field, and refuse what names no event") {
  EventRecordHeader header;
  header.partition = {3};
  header.ordinal = {4};
  header.command_record.fill(5);
  header.part = 6;
  header.last = false;
  header.first = {7};
  header.count = 8;
  header.previous.fill(9);
  header.key = {10};
  const Bytes bytes = encode_event_record_header(header);
  CHECK(bytes.size() == event_record_header_bytes);
  CHECK(decode_event_record_header(bytes).value() == header);
  header.count = 0;
  CHECK_FALSE(decode_event_record_header(encode_event_record_header(header)).has_value());
}

TEST_CASE("varints have one encoding, and never run past the end or over the type") {
  for (const u128 value : {u128{0}, u128{127}, u128{128}, u128{~std::uint64_t{0}}, u128_max}) {
    Bytes bytes;
    Writer(bytes).varint(value);
    Reader in(bytes);
    CHECK(in.varint128() == value);
    CHECK(in.done());
  }
  const Bytes padded{0x80, 0x00};
  Reader longer(padded);
  longer.varint128();
  CHECK(longer.failed());
  const Bytes too_large{0xff, 0xff, 0xff, 0xff, 0x1f};
  Reader narrow(too_large);
  narrow.varint<std::uint32_t>();
  CHECK(narrow.failed());
  Bytes over(19, 0xff);
  over.back() = 0x07;
  Reader wide(over);
  wide.varint128();
  CHECK(wide.failed());
}

}  // namespace florin
