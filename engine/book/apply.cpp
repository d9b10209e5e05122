#include <algorithm>

#include "engine/book/decide.hpp"

namespace florin::book {
namespace {

template <class Key, class Row>
void put(Table<Key, Row, InBookHash>& table, const Key& key, Row row) {
  if (!table.known(key)) table.load(key, std::nullopt);
  table.put(key, std::move(row));
}

struct Applier {
  State& state;
  const Event& event;

  void operator()(const BookOpened& body) const {
    put(state.books, {event.book, event.book}, Book{body.name, event.time, {}});
  }
  void operator()(const BookPlaced& body) const {
    put(state.books, {event.book, event.book}, Book{body.name, event.time, body.partition});
  }
  void operator()(const ClientCreated& body) const {
    put(state.clients, {event.book, body.client.id}, body.client);
  }
  void operator()(const ClientRevoked& body) const {
    Client client = *state.clients.find({event.book, body.client});
    client.revoked = true;
    put(state.clients, {event.book, body.client}, std::move(client));
  }
  void operator()(const LedgerOpened& body) const {
    put(state.ledgers, {event.book, body.ledger.id}, body.ledger);
    if (body.granted_to.value == 0) return;
    Client client = *state.clients.find({event.book, body.granted_to});
    if (client.all_ledgers) return;
    auto at = std::lower_bound(client.ledgers.begin(), client.ledgers.end(), body.ledger.id);
    if (at != client.ledgers.end() && *at == body.ledger.id) return;
    client.ledgers.insert(at, body.ledger.id);
    put(state.clients, {event.book, body.granted_to}, std::move(client));
  }
  template <class Other>
  void operator()(const Other&) const {}
};

}  // namespace

void apply(State& state, const Event& event) { std::visit(Applier{state, event}, event.body); }

void remember(State& state, const CommandHeader& header, Sequence first, std::uint32_t count,
              Timestamp time) {
  // Under all of them: a call that was hashed before a rotation may stand behind one that was hashed after
  // it.
  for (const KeyedCall& call : header.keyed)
    state.keys.put({header.book, call.id}, KeyUse{call.fingerprint, first, count, time});
}

}  // namespace florin::book
