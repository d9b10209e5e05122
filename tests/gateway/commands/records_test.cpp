#include "gateway/commands/records.hpp"

#include <doctest/doctest.h>

#include "engine/base/codec.hpp"
#include "tests/gateway/commands/fixture.hpp"

using namespace florin;
using namespace florin::testing;
using namespace florin::gateway::testing;

namespace {

// A record whose bytes count up from `first`, so that each field is told by its place.
std::string counting(unsigned first) {
  std::string record;
  for (unsigned i = 0; i < 128; ++i) record += static_cast<char>(first + i);
  return record;
}

u128 counted(unsigned first, unsigned bytes) {
  u128 value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= static_cast<u128>(first + i) << (8 * i);
  return value;
}

template <class Int>
Int counted(unsigned first) {
  return static_cast<Int>(counted(first, sizeof(Int)));
}

Response post(Fixture& f, std::string_view list, std::string body, NamedValues headers = {}) {
  const std::string target = "/api/v1/ledger/" + std::string(list);
  return ask(f.router, {.method = "POST",
                        .target = target,
                        .body = std::move(body),
                        .headers = std::move(headers),
                        .records = true});
}

std::string result(std::uint64_t timestamp, std::uint32_t status) {
  Bytes bytes;
  Writer out(bytes);
  out.fixed(timestamp);
  out.fixed(status);
  out.fixed(std::uint32_t{0});
  return std::string(as_text(bytes));
}

}  // namespace

TEST_CASE("an account's fields stand where TigerBeetle has them, reserved bits and all") {
  const auto parsed = parse_account_records(counting(0) + counting(100));
  REQUIRE(parsed);
  CHECK_FALSE(parsed->dry_run);
  const auto& accounts = std::get<CreateAccounts>(parsed->body).accounts;
  REQUIRE(accounts.size() == 2);
  const Account& account = accounts[0];
  CHECK(account.id.value == counted<u128>(0));
  CHECK(account.balances.debits_pending.value == counted<u128>(16));
  CHECK(account.balances.debits_posted.value == counted<u128>(32));
  CHECK(account.balances.credits_pending.value == counted<u128>(48));
  CHECK(account.balances.credits_posted.value == counted<u128>(64));
  CHECK(account.user_data_128 == counted<u128>(80));
  CHECK(account.user_data_64 == counted<std::uint64_t>(96));
  CHECK(account.user_data_32 == counted<std::uint32_t>(104));
  CHECK(account.reserved == counted<std::uint32_t>(108));
  CHECK(account.ledger.value == counted<std::uint32_t>(112));
  CHECK(account.code == counted<std::uint16_t>(116));
  CHECK(account.flags == counted<std::uint16_t>(118));
  CHECK(account.timestamp.value == counted<std::uint64_t>(120));
  CHECK(accounts[1].id.value == counted<u128>(100));
}

TEST_CASE("a transfer's fields stand where TigerBeetle has them") {
  const auto parsed = parse_transfer_records(counting(7));
  REQUIRE(parsed);
  const Transfer& transfer = std::get<CreateTransfers>(parsed->body).transfers.at(0);
  CHECK(transfer.id.value == counted<u128>(7));
  CHECK(transfer.debit_account_id.value == counted<u128>(7 + 16));
  CHECK(transfer.credit_account_id.value == counted<u128>(7 + 32));
  CHECK(transfer.amount.value == counted<u128>(7 + 48));
  CHECK(transfer.pending_id.value == counted<u128>(7 + 64));
  CHECK(transfer.user_data_128 == counted<u128>(7 + 80));
  CHECK(transfer.user_data_64 == counted<std::uint64_t>(7 + 96));
  CHECK(transfer.user_data_32 == counted<std::uint32_t>(7 + 104));
  CHECK(transfer.timeout == counted<std::uint32_t>(7 + 108));
  CHECK(transfer.ledger.value == counted<std::uint32_t>(7 + 112));
  CHECK(transfer.code == counted<std::uint16_t>(7 + 116));
  CHECK(transfer.flags == counted<std::uint16_t>(7 + 118));
  CHECK(transfer.timestamp.value == counted<std::uint64_t>(7 + 120));
}

TEST_CASE("records are answered with results, the type and the position of the command") {
  Fixture f;
  Transfer stored;
  stored.timestamp = {77};
  f.port.events = {TransferCreated{stored, {}, {}},
                   TransferRefused{{2}, TransferStatus::exceeds_credits, {78}},
                   TransferRefused{{3}, TransferStatus::ledger_not_open, {5}}};
  const Response response = post(f, "transfers", std::string(3 * 128, '\0'));
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/vnd.florin.ledger");
  CHECK(response.body == result(77, 0xffffffff) + result(78, 54) + result(5, 1000));
  CHECK(field(response, "Florin-Position") == encode_position({{1}, {102}}));
  CHECK(std::get<CreateTransfers>(f.port.taken.at(0).body).transfers == std::vector<Transfer>(3));

  Account account;
  account.timestamp = {9};
  f.port.events = {AccountCreated{account}, AccountRefused{{1}, AccountStatus::reserved_field, {10}}};
  CHECK(post(f, "accounts", std::string(2 * 128, '\0')).body == result(9, 0xffffffff) + result(10, 4));
}

TEST_CASE("what is not 1 to 8,189 whole records is refused, and never reaches the journal") {
  Fixture f;
  for (const std::size_t bytes : {0UL, 1UL, 127UL, 129UL, 8190UL * 128, 8189UL * 128 - 1}) {
    for (const std::string_view list : {"accounts", "transfers"}) {
      const Response response = post(f, list, std::string(bytes, '\0'));
      CHECK(response.status == 400);
      CHECK(response.content_type == "application/problem+json");
      CHECK(has(response, "\"code\":\"records_malformed\""));
      CHECK(has(response, "this body has " + std::to_string(bytes) + " bytes"));
    }
  }
  CHECK(f.port.taken.empty());
  f.port.events = {TransferRefused{}};
  CHECK(post(f, "transfers", std::string(8189UL * 128, '\0')).status == 200);
  CHECK(std::get<CreateTransfers>(f.port.taken.at(0).body).transfers.size() == 8189);
}

TEST_CASE("refusals of the whole command stay problems") {
  Fixture f;
  f.port.events = {CommandRefused{Rejection::ledger_not_granted, 3}};
  const Response refused = post(f, "transfers", std::string(128, '\0'));
  CHECK(refused.status == 403);
  CHECK(refused.content_type == "application/problem+json");
  CHECK(has(refused, "/transfers/3"));
  CHECK_FALSE(field(refused, "Florin-Position").empty());
  f.port.failure = Error{Errc::deadline, ""};
  CHECK(post(f, "transfers", std::string(128, '\0')).status == 504);
}

TEST_CASE("a key belongs to the records, and to the call that they were sent to") {
  Fixture f;
  f.port.events = {AccountCreated{}};
  const NamedValues key{{"idempotency-key", "abc"}};
  const std::string record = counting(1);
  for (const std::string_view list : {"accounts", "accounts", "transfers"}) post(f, list, record, key);
  REQUIRE(f.port.taken.size() == 3);
  CHECK(f.port.taken[0].header.keyed.at(0).id == f.port.taken[2].header.keyed.at(0).id);
  CHECK(f.port.taken[0].header.keyed.at(0).fingerprint == f.port.taken[1].header.keyed.at(0).fingerprint);
  CHECK(f.port.taken[0].header.keyed.at(0).fingerprint != f.port.taken[2].header.keyed.at(0).fingerprint);
  CHECK(f.port.taken[0].header.keyed.at(0).fingerprint != blake2b(as_bytes(record)));
}
