// Accounts and transfers as the API shows them.
#pragma once

#include "gateway/json/writer.hpp"
#include "projections/query.hpp"

namespace florin::gateway {

void write(json::Writer& out, const Account& account);
void write(json::Writer& out, const projections::AccountRow& row);
void write(json::Writer& out, const projections::TransferRow& row);
void write(json::Writer& out, const projections::TransactionRow& row);
void write(json::Writer& out, const projections::BalanceRow& row);
void write(json::Writer& out, const projections::AccountSums& sums);
void write(json::Writer& out, const projections::TransferSums& sums);
void write(json::Writer& out, const projections::TrialBalanceRow& row);
void write(json::Writer& out, const Ledger& ledger);
// Members of the object that is open.
void write_balances(json::Writer& out, const Balances& balances);
void write_balances(json::Writer& out, const projections::WideBalances& sums);

// A member of the object that is open: the cursor of another page of the list, or null.
void write_cursor(json::Writer& out, std::string_view name, const std::optional<projections::Cursor>& cursor,
                  std::string_view list);

// {"data":[...],"next":...,"previous":...}; `list` names the list for its cursors.
template <class Row>
std::string list_of(const projections::Page<Row>& page, std::string_view list) {
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const Row& row : page.rows) write(out, row);
  out.end_array();
  write_cursor(out, "next", page.next, list);
  write_cursor(out, "previous", page.previous, list);
  out.end_object();
  return out.take();
}

// {"data":[...],"next":null}: a list that has one page.
template <class Row>
std::string whole_list(const std::vector<Row>& rows) {
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const Row& row : rows) write(out, row);
  out.end_array().key("next").null().end_object();
  return out.take();
}

}  // namespace florin::gateway
