#include "gateway/queries/render.hpp"

#include "engine/base/assert.hpp"
#include "gateway/json/ledger_flags.hpp"
#include "gateway/queries/position.hpp"

namespace florin::gateway {
namespace {

// A member that is null where there is no such thing.
void write_id(json::Writer& out, std::string_view name, TransactionId id) {
  out.key(name);
  if (id.value == 0) out.null();
  else out.decimal(id.value);
}

void write_metadata(json::Writer& out, const Metadata& metadata) {
  out.key("metadata").begin_object();
  for (const auto& [key, value] : metadata) out.string(key, value);
  out.end_object();
}

void write(json::Writer& out, const Posting& posting, Amount reversed) {
  out.begin_object()
      .decimal("account_id", posting.account.value)
      .string("side", posting.side == PostingSide::debit ? "debit" : "credit")
      .decimal("amount", posting.amount.value)
      .number("ledger", posting.ledger.value)
      .decimal("reversed", reversed.value)
      .end_object();
}

}  // namespace

void write_balances(json::Writer& out, const Balances& balances) {
  out.decimal("debits_pending", balances.debits_pending.value)
      .decimal("debits_posted", balances.debits_posted.value)
      .decimal("credits_pending", balances.credits_pending.value)
      .decimal("credits_posted", balances.credits_posted.value);
}

void write_balances(json::Writer& out, const projections::WideBalances& sums) {
  out.string("debits_pending", to_string(sums.debits_pending))
      .string("debits_posted", to_string(sums.debits_posted))
      .string("credits_pending", to_string(sums.credits_pending))
      .string("credits_posted", to_string(sums.credits_posted));
}

void write_cursor(json::Writer& out, std::string_view name, const std::optional<projections::Cursor>& cursor,
                  std::string_view list) {
  out.key(name);
  if (cursor) out.string(encode_cursor(*cursor, list));
  else out.null();
}

namespace {

void write_limit(json::Writer& out, std::string_view name, const std::optional<Amount>& limit) {
  if (limit) out.decimal(name, limit->value);
  else out.key(name).null();
}

void write_members(json::Writer& out, const Account& account) {
  out.decimal("id", account.id.value);
  write_balances(out, account.balances);
  out.decimal("user_data_128", account.user_data_128)
      .decimal("user_data_64", account.user_data_64)
      .number("user_data_32", account.user_data_32)
      .number("ledger", account.ledger.value)
      .number("code", account.code);
  json::write_flags(out, json::account_flag_names, account.flags);
  out.decimal("timestamp", account.timestamp.value);
}

}  // namespace

void write(json::Writer& out, const Account& account) {
  out.begin_object();
  write_members(out, account);
  out.end_object();
}

void write(json::Writer& out, const projections::AccountRow& row) {
  out.begin_object();
  write_members(out, row.account);
  write_limit(out, "debit_balance_max", row.limits.debit_balance_max);
  write_limit(out, "credit_balance_max", row.limits.credit_balance_max);
  write_metadata(out, row.metadata);
  out.end_object();
}

void write(json::Writer& out, const projections::TransferRow& row) {
  const Transfer& transfer = row.transfer;
  out.begin_object()
      .decimal("id", transfer.id.value)
      .decimal("debit_account_id", transfer.debit_account_id.value)
      .decimal("credit_account_id", transfer.credit_account_id.value)
      .decimal("amount", transfer.amount.value)
      .decimal("pending_id", transfer.pending_id.value)
      .decimal("user_data_128", transfer.user_data_128)
      .decimal("user_data_64", transfer.user_data_64)
      .number("user_data_32", transfer.user_data_32)
      .number("timeout", transfer.timeout)
      .number("ledger", transfer.ledger.value)
      .number("code", transfer.code);
  json::write_flags(out, json::transfer_flag_names, transfer.flags);
  out.decimal("timestamp", transfer.timestamp.value).string("state", name(row.state));
  write_id(out, "transaction_id", row.transaction.value_or(TransactionId{}));
  write_metadata(out, row.metadata);
  out.end_object();
}

void write(json::Writer& out, const projections::TransactionRow& row) {
  const Transaction& transaction = row.transaction;
  out.begin_object().decimal("id", transaction.id.value);
  write_id(out, "reversal_of", transaction.reversal_of);
  out.key("reversals").begin_array();
  for (const TransactionId id : row.reversals) out.decimal(id.value);
  out.end_array()
      .decimal("user_data_128", transaction.user_data_128)
      .decimal("user_data_64", transaction.user_data_64)
      .number("user_data_32", transaction.user_data_32)
      .number("code", transaction.code);
  json::write_flags(out, json::transaction_flag_names, transaction.flags);
  out.decimal("timestamp", transaction.timestamp.value).key("postings").begin_array();
  for (std::size_t i = 0; i < transaction.postings.size(); ++i)
    write(out, transaction.postings[i], row.reversed[i]);
  out.end_array().key("transfers").begin_array();
  for (std::uint32_t i = 0; i < row.legs; ++i) out.decimal(leg_id(transaction.id, i).value);
  out.end_array();
  write_metadata(out, transaction.metadata);
  out.end_object();
}

void write(json::Writer& out, const projections::BalanceRow& row) {
  FLORIN_ASSERT(row.balances.has_value());  // a list with another row is refused
  out.begin_object().decimal("timestamp", row.timestamp.value);
  write_balances(out, *row.balances);
  out.end_object();
}

void write(json::Writer& out, const projections::AccountSums& sums) {
  out.begin_object().number("ledger", sums.ledger.value).number("count", sums.count);
  write_balances(out, sums.balances);
  out.decimal("timestamp_first", sums.first.value).decimal("timestamp_last", sums.last.value).end_object();
}

void write(json::Writer& out, const projections::TransferSums& sums) {
  out.begin_object()
      .number("ledger", sums.ledger.value)
      .number("count", sums.count)
      .string("amount", to_string(sums.amount))
      .decimal("timestamp_first", sums.first.value)
      .decimal("timestamp_last", sums.last.value)
      .end_object();
}

void write(json::Writer& out, const Ledger& ledger) {
  out.begin_object()
      .number("id", ledger.id.value)
      .string("currency", ledger.currency)
      .number("exponent", ledger.exponent)
      .string("name", ledger.name)
      .decimal("timestamp", ledger.timestamp.value)
      .end_object();
}

void write(json::Writer& out, const projections::TrialBalanceRow& row) {
  out.begin_object()
      .number("ledger", row.ledger.value)
      .number("code", row.code)
      .number("accounts", row.accounts);
  write_balances(out, row.sums);
  out.end_object();
}

}  // namespace florin::gateway
