#include "engine/ledger/rows.hpp"

#include <algorithm>

#include "engine/base/hex.hpp"

namespace florin::ledger {
namespace {

// False when the key or the value is damaged.
template <class Table, class Key, class Row>
bool load_into(Table& table, const std::optional<Key>& key, std::optional<ByteView> value,
               std::optional<Row> (*decode)(Key, ByteView)) {
  if (!key) return false;
  std::optional<Row> row;
  if (value) {
    row = decode(*key, *value);
    if (!row) return false;
  }
  table.load(*key, std::move(row));
  return true;
}

bool load_expiry(ExpiryQueue& queue, ByteView key, std::optional<ByteView> value) {
  const auto expiry = parse_expiry_key(key);
  if (!expiry || !value || !value->empty()) return false;
  queue.load(*expiry);
  return true;
}

bool load_row(State& state, ByteView key, std::optional<ByteView> value) {
  if (key.empty()) return false;
  switch (static_cast<TableByte>(key[0])) {
    case TableByte::accounts: return load_into(state.accounts, parse_account_key(key), value, decode_account);
    case TableByte::transfer_ids:
      return load_into(state.transfer_ids, parse_transfer_id_key(key), value, decode_transfer_id);
    case TableByte::transfers:
      return load_into(state.transfers, parse_transfer_key(key), value, decode_transfer);
    case TableByte::account_times:
      return load_into(state.account_times, parse_account_time_key(key), value, decode_account_time);
    case TableByte::expiries: return load_expiry(state.expiries, key, value);
    case TableByte::marks: return load_into(state.marks, parse_marks_key(key), value, decode_marks);
    case TableByte::transactions:
      return load_into(state.transactions, parse_transaction_key(key), value, decode_transaction);
    case TableByte::metadata:
      return load_into(state.metadata, parse_metadata_key(key), value, decode_metadata);
  }
  return false;
}

template <class Table>
void give_changes(TableByte byte, Table& table, const RowSink& sink) {
  Bytes key, value;  // of all rows, one after the other
  const auto changes = table.changes();
  for (const auto& [id, row, fresh] : changes) {
    if (row == nullptr && fresh) continue;  // it came and went
    key.clear();
    append_key(key, byte, id);
    value.clear();
    if (row != nullptr) append_row(value, *row);
    sink({key, row == nullptr ? std::nullopt : std::optional<ByteView>(value), fresh});
  }
}

template <class Key, class KeyOf>
void add_keys(std::vector<Key> rows, KeyOf key_of, std::vector<Bytes>& out) {
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  for (const Key& row : rows) out.push_back(key_of(row));
}

Bytes first_key(TableByte table) { return {static_cast<std::uint8_t>(table)}; }

}  // namespace

// Table by table in the order of their bytes; within a table keys order as their numbers do.
std::vector<Bytes> keys(const Fetch& fetch) {
  std::vector<Bytes> out;
  add_keys(fetch.accounts, account_key, out);
  add_keys(fetch.transfer_ids, transfer_id_key, out);
  add_keys(fetch.transfers, transfer_key, out);
  add_keys(fetch.account_times, account_time_key, out);
  add_keys(fetch.marks, marks_key, out);
  add_keys(fetch.transactions, transaction_key, out);
  add_keys(fetch.metadata, metadata_key, out);
  return out;
}

void learn(State& state, const Fetch& fetch) {
  for (const auto& id : fetch.new_transfer_ids) state.transfer_ids.load(id, std::nullopt);
}

Result<void> load(State& state, ByteView key, std::optional<ByteView> value) {
  if (!load_row(state, key, value)) return fail(damaged_row(key));
  return {};
}

Error damaged_row(ByteView key) {
  return {Errc::corrupt,
          "the state's ledger row with key " + to_hex(key) +
              " does not follow its grammar; remove the state so that it is rebuilt from the journal"};
}

KeyRange start_rows() { return {first_key(TableByte::expiries), first_key(TableByte::marks)}; }
KeyRange all_rows() {
  return {first_key(TableByte::accounts), {static_cast<std::uint8_t>(TableByte::metadata) + 1}};
}

void changes(State& state, const RowSink& sink) {
  give_changes(TableByte::accounts, state.accounts, sink);
  give_changes(TableByte::transfer_ids, state.transfer_ids, sink);
  give_changes(TableByte::transfers, state.transfers, sink);
  give_changes(TableByte::account_times, state.account_times, sink);
  for (const auto& [expiry, open] : state.expiries.changes())
    sink({expiry_key(expiry), open ? std::optional<ByteView>(ByteView{}) : std::nullopt});
  give_changes(TableByte::marks, state.marks, sink);
  give_changes(TableByte::transactions, state.transactions, sink);
  give_changes(TableByte::metadata, state.metadata, sink);
}

void settle(State& state) {
  state.accounts.settle(account_rows_max);
  state.transfer_ids.settle(transfer_rows_max);
  state.transfers.settle(transfer_rows_max);
  state.account_times.settle(transfer_rows_max);
  state.marks.settle(mark_rows_max);
  state.transactions.settle(transaction_rows_max);
  state.metadata.settle(metadata_rows_max);
  state.expiries.settle();
}

}  // namespace florin::ledger
