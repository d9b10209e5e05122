#include "gateway/commands/items.hpp"

#include <algorithm>

#include "gateway/json/ledger_flags.hpp"

namespace florin::gateway {
namespace {

constexpr std::uint32_t exponent_max = 18;

Ledger read_ledger(json::Fields& fields, const json::Path& path, FieldErrors& errors) {
  Ledger ledger;
  ledger.id = {fields.u32("id")};
  ledger.currency = fields.text("currency", 3, 3);
  ledger.exponent = static_cast<std::uint8_t>(fields.u32("exponent", exponent_max));
  ledger.name = fields.text("name", 1, name_bytes_max);
  const bool capitals = std::all_of(ledger.currency.begin(), ledger.currency.end(),
                                    [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!capitals)
    errors.add({FieldError::Place::pointer, path.member("currency").pointer(), "invalid",
                "A currency is an ISO 4217 code: three capital letters."});
  return ledger;
}

template <class Item>
struct Batch {
  std::vector<Item> items;
  bool dry_run = false;
};

// {"<name>":[{...},...]}: `read` gets the fields of each element and its path.
template <class Item, class Read>
tl::expected<Batch<Item>, Problem> read_batch(std::string_view body, std::string_view name,
                                              std::size_t items_max, bool can_dry_run, Read read) {
  const auto document = parse_json(body);
  if (!document) return tl::unexpected(document.error());
  FieldErrors errors;
  const json::Path root;
  const json::Path list = root.member(name);
  json::Fields outer(document->root(), root, errors);
  Batch<Item> batch;
  std::vector<Item>& items = batch.items;
  if (can_dry_run) batch.dry_run = outer.boolean("dry_run");
  if (const auto elements = outer.array(name, 1, items_max)) {
    items.reserve(elements->size());
    elements->each([&](json::Value element) {
      if (errors.full()) return;
      const json::Path path = list.element(items.size());
      json::Fields fields(element, path, errors);
      items.push_back(read(fields, path, errors));
      fields.finish();
    });
  }
  outer.finish();
  if (!errors.empty()) return tl::unexpected(wrong_fields(std::move(errors)));
  return batch;
}

}  // namespace

Account read_account(json::Fields& fields) {
  Account account;
  account.id = {fields.wide("id")};
  account.user_data_128 = fields.wide("user_data_128");
  account.user_data_64 = fields.u64("user_data_64");
  account.user_data_32 = fields.u32("user_data_32");
  account.ledger = {fields.u32("ledger")};
  account.code = fields.u16("code");
  account.flags = fields.flags("flags", json::account_flag_names, json::not_of_accounts);
  account.timestamp = {fields.u64("timestamp")};
  return account;
}

Transfer read_transfer(json::Fields& fields) {
  Transfer transfer;
  transfer.id = {fields.wide("id")};
  transfer.debit_account_id = {fields.wide("debit_account_id")};
  transfer.credit_account_id = {fields.wide("credit_account_id")};
  transfer.amount = fields.amount("amount");
  transfer.pending_id = {fields.wide("pending_id")};
  transfer.user_data_128 = fields.wide("user_data_128");
  transfer.user_data_64 = fields.u64("user_data_64");
  transfer.user_data_32 = fields.u32("user_data_32");
  transfer.timeout = fields.u32("timeout");
  transfer.ledger = {fields.u32("ledger")};
  transfer.code = fields.u16("code");
  transfer.flags = fields.flags("flags", json::transfer_flag_names, json::not_of_transfers);
  transfer.timestamp = {fields.u64("timestamp")};
  return transfer;
}

Problem wrong_fields(FieldErrors errors) {
  Problem problem;
  problem.code = ProblemCode::body_invalid;
  problem.detail = "Fields of the body are wrong; see errors. Nothing was accepted.";
  problem.errors = errors.take();
  return problem;
}

tl::expected<json::Document, Problem> parse_json(std::string_view body) {
  auto document = json::Document::parse(body);
  if (document) return *std::move(document);
  Problem problem{ProblemCode::json_malformed, document.error().detail};
  problem.errors.push_back({FieldError::Place::pointer, document.error().pointer,
                            std::string(document.error().code), document.error().detail});
  return tl::unexpected(std::move(problem));
}

Parsed parse_ledgers(std::string_view body) {
  auto batch = read_batch<Ledger>(body, "ledgers", ledgers_items_max, false, read_ledger);
  if (!batch) return tl::unexpected(std::move(batch).error());
  return ParsedCommand{OpenLedgers{std::move(batch->items)}};
}

Parsed parse_accounts(std::string_view body) {
  auto batch = read_batch<Account>(
      body, "accounts", batch_items_max, true,
      [](json::Fields& fields, const json::Path&, FieldErrors&) { return read_account(fields); });
  if (!batch) return tl::unexpected(std::move(batch).error());
  return ParsedCommand{CreateAccounts{std::move(batch->items)}, batch->dry_run};
}

Parsed parse_transfers(std::string_view body) {
  auto batch = read_batch<Transfer>(
      body, "transfers", batch_items_max, true,
      [](json::Fields& fields, const json::Path&, FieldErrors&) { return read_transfer(fields); });
  if (!batch) return tl::unexpected(std::move(batch).error());
  return ParsedCommand{CreateTransfers{std::move(batch->items)}, batch->dry_run};
}

}  // namespace florin::gateway
