#include "gateway/import/items.hpp"

#include "gateway/import/text.hpp"
#include "gateway/json/ledger_flags.hpp"

namespace florin::importing {
namespace {

using gateway::json::Writer;

constexpr std::size_t name_bytes_in_metadata_max = 2000;

void write(Writer& out, const Metadata& metadata) {
  out.begin_object();
  for (const auto& [key, value] : metadata) out.string(key, value);
  out.end_object();
}

}  // namespace

Item account_item(const PlannedAccount& planned) {
  const Account& account = planned.account;
  Writer out;
  out.begin_object()
      .decimal("id", account.id.value)
      .number("ledger", account.ledger.value)
      .number("code", account.code);
  gateway::json::write_flags(out, gateway::json::account_flag_names, account.flags);
  out.decimal("timestamp", account.timestamp.value).end_object();
  return {planned.source, to_string(account.id), out.take(), 1, 1, false, true};
}

Metadata names_of(const PlannedAccount& planned) {
  Metadata names;
  if (!planned.commodity.empty())
    names.emplace_back("commodity", clean_text(planned.commodity, name_bytes_max));
  names.emplace_back("name", clean_text(planned.name, name_bytes_in_metadata_max));
  return names;
}

Item name_item(const PlannedAccount& planned) {
  Writer out;
  out.begin_object()
      .key("metadata")
      .begin_object()
      .decimal("account_id", planned.account.id.value)
      .key("set");
  write(out, names_of(planned));
  out.end_object().end_object();
  return {planned.source, to_string(planned.account.id), out.take()};
}

Item transaction_item(const PlannedTransaction& planned) {
  const Transaction& transaction = planned.transaction;
  Writer out;
  out.begin_object()
      .decimal("id", transaction.id.value)
      .number("code", transaction.code)
      .key("flags")
      .begin_array()
      .string("imported")
      .end_array()
      .decimal("timestamp", transaction.timestamp.value)
      .key("postings")
      .begin_array();
  for (const Posting& posting : transaction.postings)
    out.begin_object()
        .decimal("account_id", posting.account.value)
        .string("side", posting.side == PostingSide::debit ? "debit" : "credit")
        .decimal("amount", posting.amount.value)
        .end_object();
  out.end_array().key("metadata");
  write(out, transaction.metadata);
  out.end_object();
  return {
      planned.source, to_string(transaction.id), out.take(), 1 + transaction.postings.size(), 1, false, true};
}

Item ledger_item(const PlannedLedger& planned) {
  Writer out;
  out.begin_object()
      .number("id", planned.ledger.id.value)
      .string("currency", planned.ledger.currency)
      .number("exponent", planned.ledger.exponent)
      .string("name", planned.ledger.name)
      .end_object();
  return {{}, to_string(planned.ledger.id), out.take()};
}

}  // namespace florin::importing
