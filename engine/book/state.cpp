#include "engine/book/state.hpp"

#include <limits>

#include "engine/base/big_endian.hpp"
#include "engine/base/codec.hpp"
#include "schemas/items_codec.hpp"

namespace florin::book {
namespace {

constexpr std::size_t no_bound = std::numeric_limits<std::size_t>::max();

template <class Int>
Int read_big_endian(Reader& in) {
  Int value = 0;
  for (const std::uint8_t byte : in.raw(sizeof value)) value = static_cast<Int>((value << 8) | byte);
  return value;
}

template <class IdType>
Bytes key_bytes(std::uint8_t table, const InBook<IdType>& key) {
  Bytes out;
  out.reserve(1 + sizeof key.book.value + sizeof key.id.value);
  out.push_back(table);
  add_big_endian(out, key.book.value);
  add_big_endian(out, key.id.value);
  return out;
}

template <class IdType>
InBook<IdType> read_key(Reader& in) {
  const BookId book{read_big_endian<std::uint32_t>(in)};
  return {book, IdType{read_big_endian<typename IdType::Value>(in)}};
}

template <class Key, class Row>
const Row* look_up(const Table<Key, Row, InBookHash>& table, const Key& key) {
  return table.known(key) ? table.find(key) : nullptr;
}

Bytes encode(const Book& row) {
  Bytes bytes;
  Writer out(bytes);
  out.string(row.name);
  out.fixed(row.timestamp.value);
  out.varint(row.elsewhere.value);
  return bytes;
}
Bytes encode(const Client& row) {
  Bytes bytes;
  Writer out(bytes);
  write_client(out, row);
  return bytes;
}
Bytes encode(const Ledger& row) {
  Bytes bytes;
  Writer out(bytes);
  write_ledger(out, row);
  return bytes;
}
Bytes encode(const KeyUse& row) {
  Bytes bytes;
  Writer out(bytes);
  out.raw(row.fingerprint);
  out.varint(row.first.value);
  out.varint(row.count);
  out.fixed(row.time.value);
  return bytes;
}

Book read_book(Reader& in) {
  Book row;
  row.name = in.text(name_bytes_max);
  row.timestamp.value = in.fixed<std::uint64_t>();
  row.elsewhere.value = in.varint<PartitionId::Value>();
  return row;
}
KeyUse read_key_use(Reader& in) {
  KeyUse row;
  row.fingerprint = in.hash();
  row.first.value = in.varint<std::uint64_t>();
  row.count = in.varint<std::uint32_t>();
  row.time.value = in.fixed<std::uint64_t>();
  return row;
}

template <class IdType, class Row>
Result<void> load_row(Table<InBook<IdType>, Row, InBookHash>& table, Reader& key,
                      std::optional<ByteView> value, Row (*read)(Reader&)) {
  const auto name = read_key<IdType>(key);
  if (!key.done()) return fail(Errc::format, "a state row of books has a key of the wrong length");
  if (!value) {
    table.load(name, std::nullopt);
    return {};
  }
  Reader in(*value);
  Row row = read(in);
  if (!in.done()) return fail(Errc::format, "a state row of books does not follow its grammar");
  table.load(name, std::move(row));
  return {};
}

template <class IdType, class Row>
void give_changes(std::uint8_t table_byte, Table<InBook<IdType>, Row, InBookHash>& table,
                  const RowSink& sink) {
  for (const auto& change : table.changes()) {
    const Bytes key = key_bytes(table_byte, change.key);
    const Bytes value = change.row ? encode(*change.row) : Bytes{};
    sink({key, change.row ? std::optional<ByteView>(value) : std::nullopt, change.fresh});
  }
}

}  // namespace

const Book* State::book(BookId id) const {
  const Book* book = look_up(books, {id, id});
  return book != nullptr && book->elsewhere.value == 0 ? book : nullptr;
}
bool State::known(BookId id) const { return look_up(books, {id, id}) != nullptr; }
const Client* State::client(BookId in, ClientId id) const { return look_up(clients, {in, id}); }
const Ledger* State::ledger(BookId in, LedgerId id) const { return look_up(ledgers, {in, id}); }

Bytes row_key(const KeyName& name) { return key_bytes(row_keys, name); }

Result<void> load(State& state, ByteView key, std::optional<ByteView> value) {
  Reader in(key);
  switch (in.fixed<std::uint8_t>()) {
    case row_books: return load_row(state.books, in, value, read_book);
    case row_clients: return load_row(state.clients, in, value, read_client);
    case row_ledgers: return load_row(state.ledgers, in, value, read_ledger);
    case row_keys: return load_row(state.keys, in, value, read_key_use);
    default: return fail(Errc::format, "a state row of books belongs to no known table");
  }
}

void changes(State& state, const RowSink& sink) {
  give_changes(row_books, state.books, sink);
  give_changes(row_clients, state.clients, sink);
  give_changes(row_ledgers, state.ledgers, sink);
  give_changes(row_keys, state.keys, sink);
}

void settle(State& state) {
  state.books.settle(no_bound);
  state.clients.settle(no_bound);
  state.ledgers.settle(no_bound);
  state.keys.settle(keys_in_memory_max);
}

}  // namespace florin::book
