#include "projections/directory.hpp"

#include <algorithm>

#include "schemas/items_codec.hpp"

// Rows, by table byte (docs/reference/read_models.md): 1 books, 2 clients, 3 ledgers, 4 placements.
namespace florin::projections {
namespace {

constexpr std::uint8_t table_books = 1, table_clients = 2, table_ledgers = 3, table_placements = 4;

Bytes client_key(BookId book, ClientId id) { return row_key(table_clients, book.value, id.value); }

Bytes encode_book(const BookOpened& opened) {
  Bytes bytes;
  Writer(bytes).string(opened.name);
  return bytes;
}

Bytes encode_placement(const BookPlaced& placed) {
  Bytes bytes;
  Writer out(bytes);
  out.string(placed.name);
  out.varint(placed.partition.value);
  return bytes;
}

Placement read_placement(ByteView key, Reader& in) {
  Placement placement{{last_big_endian<std::uint32_t>(key)}, {}, in.text(name_bytes_max)};
  placement.partition.value = in.varint<PartitionId::Value>();
  return placement;
}

Bytes encode_ledger(const Ledger& ledger) {
  Bytes bytes;
  Writer out(bytes);
  write_ledger(out, ledger);
  return bytes;
}

}  // namespace

Result<void> DirectoryView::apply(const Event& event, const StoreReader& store) {
  if (const auto* opened = std::get_if<BookOpened>(&event.body))
    changed_.insert_or_assign(row_key(table_books, event.book.value), encode_book(*opened));
  if (const auto* placed = std::get_if<BookPlaced>(&event.body))
    changed_.insert_or_assign(row_key(table_placements, event.book.value), encode_placement(*placed));
  if (const auto* created = std::get_if<ClientCreated>(&event.body)) put_client(event.book, created->client);
  if (const auto* revoked = std::get_if<ClientRevoked>(&event.body))
    return revoke(event.book, revoked->client, store);
  if (const auto* opened = std::get_if<LedgerOpened>(&event.body))
    return open_ledger(event.book, *opened, store);
  return {};
}

void DirectoryView::put_client(BookId book, const Client& client) {
  Bytes bytes;
  Writer out(bytes);
  write_client(out, client);
  changed_.insert_or_assign(client_key(book, client.id), std::move(bytes));
}

Result<Client> DirectoryView::client(BookId book, ClientId id, const StoreReader& store) const {
  const Bytes key = client_key(book, id);
  std::optional<Bytes> row;
  if (const auto it = changed_.find(key); it != changed_.end()) {
    row = it->second;
  } else {
    FLORIN_TRY_ASSIGN(row, store.get(key));
  }
  FLORIN_TRY_ASSIGN(auto found, decode_row<Client>(row, read_client));
  if (!found)
    return fail(Errc::corrupt, "an event changes client " + to_string(id) + ", which the rows do not have");
  return *std::move(found);
}

Result<void> DirectoryView::revoke(BookId book, ClientId id, const StoreReader& store) {
  FLORIN_TRY_ASSIGN(Client revoked, client(book, id, store));
  revoked.revoked = true;
  put_client(book, revoked);
  return {};
}

// The client that opened a ledger is granted it; one that is granted every ledger needs no entry.
Result<void> DirectoryView::open_ledger(BookId book, const LedgerOpened& opened, const StoreReader& store) {
  const LedgerId ledger = opened.ledger.id;
  changed_.insert_or_assign(row_key(table_ledgers, book.value, ledger.value), encode_ledger(opened.ledger));
  if (opened.granted_to.value == 0) return {};
  FLORIN_TRY_ASSIGN(Client opener, client(book, opened.granted_to, store));
  if (granted(opener, ledger)) return {};
  opener.ledgers.insert(std::lower_bound(opener.ledgers.begin(), opener.ledgers.end(), ledger), ledger);
  put_client(book, opener);
  return {};
}

Result<void> DirectoryView::write(StoreBatch& batch, const StoreReader&) {
  for (auto& [key, value] : changed_) batch.put(key, std::move(value));
  changed_.clear();
  return {};
}

Result<Answer<std::optional<std::string>>> HostedDirectory::book(BookId book) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(const auto row, reading.rows().get(row_key(table_books, book.value)));
  FLORIN_TRY_ASSIGN(auto name,
                    decode_row<std::string>(row, [](Reader& in) { return in.text(name_bytes_max); }));
  return Answer<std::optional<std::string>>{std::move(name), reading.at()};
}

Result<Answer<std::vector<Placement>>> HostedDirectory::placements() const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(auto rows, read_rows<Placement>(reading.rows(), row_key(table_placements),
                                                    directory_rows_max, read_placement));
  return Answer<std::vector<Placement>>{std::move(rows), reading.at()};
}

Result<Answer<std::optional<PartitionId>>> HostedDirectory::placement(BookId book) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  const Bytes key = row_key(table_placements, book.value);
  FLORIN_TRY_ASSIGN(const auto row, reading.rows().get(key));
  FLORIN_TRY_ASSIGN(const auto placement,
                    decode_row<Placement>(row, [&key](Reader& in) { return read_placement(key, in); }));
  const auto partition = placement ? std::optional(placement->partition) : std::nullopt;
  return Answer<std::optional<PartitionId>>{partition, reading.at()};
}

Result<Answer<std::optional<Client>>> HostedDirectory::client(BookId book, ClientId id) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(const auto row, reading.rows().get(client_key(book, id)));
  FLORIN_TRY_ASSIGN(auto client, decode_row<Client>(row, read_client));
  return Answer<std::optional<Client>>{std::move(client), reading.at()};
}

Result<Answer<std::vector<Client>>> HostedDirectory::clients(BookId book) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(auto rows,
                    read_rows<Client>(reading.rows(), row_key(table_clients, book.value), directory_rows_max,
                                      [](ByteView, Reader& in) { return read_client(in); }));
  return Answer<std::vector<Client>>{std::move(rows), reading.at()};
}

Result<Answer<std::vector<Ledger>>> HostedDirectory::ledgers(BookId book) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(auto rows,
                    read_rows<Ledger>(reading.rows(), row_key(table_ledgers, book.value), directory_rows_max,
                                      [](ByteView, Reader& in) { return read_ledger(in); }));
  return Answer<std::vector<Ledger>>{std::move(rows), reading.at()};
}

}  // namespace florin::projections
