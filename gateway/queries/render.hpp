// Accounts and transfers as the API shows them.
#pragma once

#include "gateway/json/writer.hpp"
#include "projections/query.hpp"

namespace florin::gateway {

void write(json::Writer& out, const Account& account);
void write(json::Writer& out, const projections::TransferRow& row);
void write(json::Writer& out, const projections::BalanceRow& row);
void write_balances(json::Writer& out, const Balances& balances);  // members of the object that is open

// {"data":[...],"next":...}
template <class Row>
std::string list_of(const std::vector<Row>& rows, const std::string& next) {
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const Row& row : rows) write(out, row);
  out.end_array().key("next");
  if (next.empty()) out.null();
  else out.string(next);
  out.end_object();
  return out.take();
}

}  // namespace florin::gateway
