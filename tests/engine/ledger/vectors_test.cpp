// What a TigerBeetle server answered to random workloads, asked of this core again: status by status,
// timestamp by timestamp, and the state in the end. (../shared/data/README.md describes the files.)
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/engine/ledger/world.hpp"

namespace florin::ledger::test {
namespace {

using Json = nlohmann::json;

u128 number(const Json& object, const char* field) {
  const auto it = object.find(field);
  if (it == object.end()) return 0;
  if (it->is_number_unsigned()) return it->get<std::uint64_t>();
  const auto value = parse_decimal(it->get<std::string>());
  REQUIRE(value);
  return *value;
}

template <class Int>
Int integer(const Json& object, const char* field) {
  return static_cast<Int>(number(object, field));
}

std::uint16_t flags(const Json& object, const std::vector<std::string>& names) {
  unsigned bits = integer<std::uint16_t>(object, "reserved_flags");
  for (const Json& flag : object.value("flags", Json::array())) {
    const auto it = std::find(names.begin(), names.end(), flag.get<std::string>());
    REQUIRE(it != names.end());
    bits |= 1u << (it - names.begin());
  }
  return static_cast<std::uint16_t>(bits);
}

Account account(const Json& item) {
  static const std::vector<std::string> names{
      "linked", "debits_must_not_exceed_credits", "credits_must_not_exceed_debits", "history", "imported",
      "closed"};
  Account account;
  account.id.value = number(item, "id");
  account.balances = {{number(item, "debits_pending")},
                      {number(item, "debits_posted")},
                      {number(item, "credits_pending")},
                      {number(item, "credits_posted")}};
  account.user_data_128 = number(item, "user_data_128");
  account.user_data_64 = integer<std::uint64_t>(item, "user_data_64");
  account.user_data_32 = integer<std::uint32_t>(item, "user_data_32");
  account.reserved = integer<std::uint32_t>(item, "reserved");
  account.ledger.value = integer<std::uint32_t>(item, "ledger");
  account.code = integer<std::uint16_t>(item, "code");
  account.flags = flags(item, names);
  account.timestamp.value = integer<std::uint64_t>(item, "timestamp");
  return account;
}

Transfer transfer(const Json& item) {
  static const std::vector<std::string> names{
      "linked",          "pending",          "post_pending_transfer", "void_pending_transfer",
      "balancing_debit", "balancing_credit", "closing_debit",         "closing_credit",
      "imported"};
  Transfer transfer;
  transfer.id.value = number(item, "id");
  transfer.debit_account_id.value = number(item, "debit_account_id");
  transfer.credit_account_id.value = number(item, "credit_account_id");
  const bool all = item.value("amount", Json("0")) == "max";
  transfer.amount = all ? amount_max : Amount{number(item, "amount")};
  transfer.pending_id.value = number(item, "pending_id");
  transfer.user_data_128 = number(item, "user_data_128");
  transfer.user_data_64 = integer<std::uint64_t>(item, "user_data_64");
  transfer.user_data_32 = integer<std::uint32_t>(item, "user_data_32");
  transfer.timeout = integer<std::uint32_t>(item, "timeout");
  transfer.ledger.value = integer<std::uint32_t>(item, "ledger");
  transfer.code = integer<std::uint16_t>(item, "code");
  transfer.flags = flags(item, names);
  transfer.timestamp.value = integer<std::uint64_t>(item, "timestamp");
  return transfer;
}

// The engine time of a batch's first item, which any item's result tells but an `exists` or a created import.
std::optional<std::uint64_t> start_time(const Json& items, const Json& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::string status = results[i]["status"];
    const Json item_flags = items[i].value("flags", Json::array());
    const bool imported = std::find(item_flags.begin(), item_flags.end(), "imported") != item_flags.end();
    if (status == "exists" || (status == "created" && imported)) continue;
    return integer<std::uint64_t>(results[i], "timestamp") - i;
  }
  return std::nullopt;
}

// Releases what is due, so that the next item gets the time that it had at the server.
void pass_to(World& world, std::uint64_t start) {
  std::uint64_t due = 0;
  for (const Expiry& expiry : world.state().expiries.open()) due += expiry.due.value <= start ? 1 : 0;
  world.time.set_stamp({start - due});
  world.expire();
  world.time.set_stamp({start});
  REQUIRE(world.time.peek().value == start);
}

template <class Item>
void replay_batch(World& world, const Json& batch, Item (*parse)(const Json&)) {
  std::vector<Item> items;
  for (const Json& item : batch["items"]) items.push_back(parse(item));
  if (const auto start = start_time(batch["items"], batch["results"])) pass_to(world, *start);
  const std::vector<Event> events = world.create(items);
  REQUIRE(events.size() == batch["results"].size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json& expected = batch["results"][i];
    const ItemResult actual = result(events[i]);
    INFO("item " << i << " " << batch["items"][i].dump());
    REQUIRE(std::string(actual.status) == expected["status"].get<std::string>());
    REQUIRE(actual.timestamp.value == integer<std::uint64_t>(expected, "timestamp"));
  }
}

void compare_state(const World& world, const Json& state) {
  std::size_t accounts = 0;
  std::size_t transfers = 0;
  for (const auto& [key, value] : world.rows) {
    accounts += parse_account_key(key) ? 1 : 0;
    transfers += parse_transfer_key(key) ? 1 : 0;
  }
  CHECK(accounts == state["accounts"].size());
  CHECK(transfers == state["transfers"].size());
  for (const Json& expected : state["accounts"]) {
    INFO(expected.dump());
    REQUIRE(world.find_account(number(expected, "id")) == account(expected));
  }
  for (const Json& expected : state["transfers"]) {
    INFO(expected.dump());
    const auto actual = world.find_transfer(number(expected, "id"));
    REQUIRE(actual);
    REQUIRE(actual->transfer == transfer(expected));
  }
}

std::size_t replay_file(const std::filesystem::path& path, Memory memory) {
  World world(memory, {1, 2, 3, 4, 9, 77, 99, 4294967295});  // every ledger that the workloads name
  std::ifstream in(path);
  std::size_t items = 0;
  std::size_t number_of_line = 0;
  for (std::string line; std::getline(in, line);) {
    ++number_of_line;
    INFO(path.string() << ":" << number_of_line);
    const Json batch = Json::parse(line);
    if (batch["kind"] == "account") replay_batch(world, batch, account);
    if (batch["kind"] == "transfer") replay_batch(world, batch, transfer);
    if (batch["kind"] == "state") compare_state(world, batch);
    items += batch["kind"] == "state" ? 0 : batch["items"].size();
  }
  CHECK(world.broken_invariants() == std::vector<std::string>{});
  return items;
}

TEST_CASE("given what a TigerBeetle server was asked, the core answers the same") {
  const std::filesystem::path folder = FLORIN_LEDGER_VECTORS;
  if (!std::filesystem::is_directory(folder)) {
    std::puts("skipped: no ledger vectors");
    return;
  }
  std::size_t items = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".jsonl") continue;
    items += replay_file(entry.path(), Memory::warm);
    replay_file(entry.path(), Memory::cold);
  }
  CHECK(items > 0);
}

}  // namespace
}  // namespace florin::ledger::test
