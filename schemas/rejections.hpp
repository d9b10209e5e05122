// Why a whole command was refused by the engine. (What became of one item of a batch is in statuses.hpp.)
#pragma once

#include <cstdint>
#include <string_view>

namespace florin {

enum class Rejection : std::uint16_t {
  book_not_open = 1,           // the command names a book that does not exist
  book_already_open = 2,       // a book with this id exists
  client_unknown = 3,          // the principal is no client of the book
  client_revoked = 4,          // the client was revoked
  credential_outdated = 5,     // the credential was changed after the token was issued
  scope_missing = 6,           // the client does not hold the scope that the command needs
  ledger_not_granted = 7,      // an item names an open ledger that is not granted to the client
  idempotency_key_reused = 8,  // the same Idempotency-Key came with another body
  not_after_passed = 9,        // engine time is past the command's not_after
  client_already_exists = 10,  // a client with this id exists
  client_not_found = 11,       // the client to change does not exist
  fenced = 12,                 // a newer epoch of the same appender is in the journal
  partition_wrong = 13,        // only partition 0 places books, and only on other partitions
};

std::string_view name(Rejection rejection);

}  // namespace florin
