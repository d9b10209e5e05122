// The state of books: which are open, their API clients with grants, their ledgers, and the idempotency keys
// of the last days. PURE: no I/O, no clock. Books, clients and ledgers are all in memory (they are few); keys
// are fetched.
//
// Owner: the engine's thread.
#pragma once

#include <optional>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/base/row_change.hpp"
#include "engine/base/table.hpp"
#include "schemas/access.hpp"
#include "schemas/commands.hpp"

namespace florin::book {

struct Book {
  std::string name;
  Timestamp timestamp;
  PartitionId elsewhere;  // where it lives, when partition 0 has placed it on another one; else 0
};

// Names one use of an Idempotency-Key: the command id is a keyed hash of principal and key, unique within the
// book.
using KeyName = InBook<CommandId>;

struct KeyUse {
  Hash256 fingerprint{};
  Sequence first;           // of the events that answered
  std::uint32_t count = 0;  // of them
  Timestamp time;           // engine time of the first answer
};

inline constexpr std::size_t keys_in_memory_max = 65'536;

struct State {
  Table<InBook<BookId>, Book, InBookHash>
      books;  // the key names the book twice, so that one hash serves all tables
  Table<InBook<ClientId>, Client, InBookHash> clients;
  Table<InBook<LedgerId>, Ledger, InBookHash> ledgers;
  Table<KeyName, KeyUse, InBookHash> keys;

  const Book* book(BookId id) const;  // that lives here
  bool known(BookId id) const;        // here or elsewhere
  const Client* client(BookId book, ClientId id) const;
  const Ledger* ledger(BookId book, LedgerId id) const;
};

// Canonical state rows (docs/formats/state.md): 'a' books, 'b' clients, 'c' ledgers, 'd' idempotency keys.
inline constexpr std::uint8_t row_books = 'a', row_clients = 'b', row_ledgers = 'c', row_keys = 'd';

Bytes row_key(const KeyName& name);
Result<void> load(State& state, ByteView key, std::optional<ByteView> value);  // Errc::format
void changes(State& state, const RowSink& sink);                               // sorted by key
void settle(State& state);                                                     // the changes are stored

}  // namespace florin::book
