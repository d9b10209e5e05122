// The encoding of accounts, transfers, ledgers, clients and balances, shared by commands, events, state rows
// and read models. Grammar: docs/formats/items.md. One value has one encoding: a reader refuses every other.
#pragma once

#include "engine/base/codec.hpp"
#include "schemas/access.hpp"
#include "schemas/ledger.hpp"

namespace florin {

void write_account(Writer& out, const Account& account);
Account read_account(Reader& in);
void write_transfer(Writer& out, const Transfer& transfer);
Transfer read_transfer(Reader& in);
void write_balances(Writer& out, const Balances& balances);
Balances read_balances(Reader& in);
void write_ledger(Writer& out, const Ledger& ledger);
Ledger read_ledger(Reader& in);
void write_client(Writer& out, const Client& client);
Client read_client(Reader& in);

inline constexpr std::size_t client_ledgers_max = 1000;  // ledgers granted to a client one by one

}  // namespace florin
