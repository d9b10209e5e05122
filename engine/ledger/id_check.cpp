#include "engine/ledger/id_check.hpp"

#include <algorithm>
#include <cstring>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"

namespace florin::ledger {
namespace {

bool of_account(IdTable table) { return table == IdTable::accounts || table == IdTable::account_times; }

u128 hash(const IdPair& pair) {
  Bytes bytes;
  bytes.reserve(sizeof pair);
  Writer out(bytes);
  out.fixed(pair.book.value);
  out.fixed(pair.id);
  out.fixed(pair.timestamp.value);
  const Hash256 hashed = blake2b(bytes);
  u128 value = 0;
  std::memcpy(&value, hashed.data(), sizeof value);
  return value;
}

bool same(const IdPair& a, const IdPair& b) {
  return a.book == b.book && a.id == b.id && a.timestamp == b.timestamp;
}

void check_mark(Findings& out, BookId book, std::string_view what, Timestamp mark, Timestamp newest) {
  if (mark == newest) return;
  out.add("book " + to_string(book) + ": its newest " + std::string(what) + " is of " + to_string(newest) +
          ", but the mark that an imported one must pass is " + to_string(mark));
}

template <class Key>
std::optional<IdPair> pair_of(IdTable table, Key key, u128 id, Timestamp timestamp) {
  return IdPair{table, key.book, id, timestamp};
}

}  // namespace

void IdCheck::pair(const IdPair& pair) {
  PairSet& set = sets_[static_cast<std::size_t>(pair.table)];
  ++set.count;
  set.sum += hash(pair);
  BookMarks& newest = newest_[pair.book];
  if (pair.table == IdTable::accounts) newest.last_account = std::max(newest.last_account, pair.timestamp);
  if (pair.table != IdTable::transfers) return;
  newest.last_transfer = std::max(newest.last_transfer, pair.timestamp);
  if (const TransferId id{pair.id}; !is_leg(id))
    newest.greatest_transfer_id = std::max(newest.greatest_transfer_id, id);
}

bool IdCheck::tables_agree() const {
  return set(IdTable::accounts) == set(IdTable::account_times) &&
         set(IdTable::transfers) == set(IdTable::transfer_ids);
}

Findings IdCheck::findings() const {
  Findings out;
  const auto compare = [&](IdTable rows, IdTable index, const std::string& what,
                           const std::string& of_index) {
    if (set(rows) == set(index)) return;
    out.add("the ids and timestamps of " + std::to_string(set(rows).count) + " " + what +
            " are not those of the " + std::to_string(set(index).count) + " rows " + of_index);
  };
  compare(IdTable::accounts, IdTable::account_times, "accounts", "of account times");
  compare(IdTable::transfers, IdTable::transfer_ids, "transfers", "of transfer ids that are not burnt");
  std::map<BookId, BookMarks> books = newest_;
  for (const auto& [book, marks] : marks_) books.try_emplace(book);
  for (const auto& [book, newest] : books) {
    const auto it = marks_.find(book);
    const BookMarks marks = it == marks_.end() ? BookMarks{} : it->second;
    check_mark(out, book, "account", marks.last_account, newest.last_account);
    check_mark(out, book, "transfer", marks.last_transfer, newest.last_transfer);
    // A burnt id may be greater still.
    if (marks.greatest_transfer_id < newest.greatest_transfer_id)
      out.add("book " + to_string(book) + ": it has the transfer " + to_string(newest.greatest_transfer_id) +
              ", but the mark of its greatest id is " + to_string(marks.greatest_transfer_id));
  }
  return out;
}

std::optional<IdPair> id_pair(ByteView key, ByteView value) {
  if (const auto account = parse_account_key(key)) {
    if (const auto row = decode_account(*account, value))
      return pair_of(IdTable::accounts, *account, account->id.value, row->timestamp);
  } else if (const auto account_time = parse_account_time_key(key)) {
    if (const auto id = decode_account_time(*account_time, value))
      return pair_of(IdTable::account_times, *account_time, id->value, account_time->id);
  } else if (const auto transfer = parse_transfer_key(key)) {
    if (const auto row = decode_transfer(*transfer, value))
      return pair_of(IdTable::transfers, *transfer, row->transfer.id.value, transfer->id);
  } else if (const auto transfer_id = parse_transfer_id_key(key)) {
    if (const auto row = decode_transfer_id(*transfer_id, value); row && !row->burnt())
      return pair_of(IdTable::transfer_ids, *transfer_id, transfer_id->id.value, row->transfer);
  }
  return std::nullopt;
}

Bytes counterpart_key(const IdPair& pair) {
  switch (pair.table) {
    case IdTable::accounts: return account_time_key({pair.book, pair.timestamp});
    case IdTable::account_times: return account_key({pair.book, {pair.id}});
    case IdTable::transfers: return transfer_id_key({pair.book, {pair.id}});
    case IdTable::transfer_ids: return transfer_key({pair.book, pair.timestamp});
  }
  FLORIN_ASSERT(false);
  return {};
}

std::optional<std::string> contradiction(const IdPair& pair, const std::optional<Bytes>& counterpart) {
  const auto other = counterpart ? id_pair(counterpart_key(pair), *counterpart) : std::nullopt;
  if (other && same(pair, *other)) return std::nullopt;
  const std::string item = of_account(pair.table) ? "account" : "transfer";
  const std::string id = "book " + to_string(pair.book) + ", " + item + " " + to_string(pair.id) + ": ";
  const std::string timestamp = to_string(pair.timestamp);
  if (pair.table == IdTable::account_times || pair.table == IdTable::transfer_ids)
    return id + "its id names the timestamp " + timestamp + ", where no " + item + " bears the id";
  return id + "its row of timestamp " + timestamp + " is not the one that its id names";
}

}  // namespace florin::ledger
