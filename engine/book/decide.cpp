#include "engine/book/decide.hpp"

#include "schemas/items_codec.hpp"

namespace florin::book {
namespace {

std::uint16_t scope_needed(const CommandBody& body) {
  switch (kind(body)) {
    case CommandKind::open_ledgers: return scopes::book_admin;
    case CommandKind::create_accounts:
    case CommandKind::create_transfers:
    case CommandKind::bulk: return scopes::ledger_write;
    default: return 0;
  }
}

bool for_operators_only(const CommandBody& body) {
  switch (kind(body)) {
    case CommandKind::open_book:
    case CommandKind::place_book:
    case CommandKind::create_client:
    case CommandKind::revoke_client: return true;
    default: return false;
  }
}

const Client* client_of(const State& state, const CommandHeader& header) {
  return state.client(header.book, ClientId{header.principal.id});
}

// The ledger that an item of a bulk names; 0 when only the state knows (ledger/reach.hpp).
struct NamedLedger {
  LedgerId operator()(const Account& item) const { return item.ledger; }
  LedgerId operator()(const Transfer& item) const { return item.ledger; }
  template <class Other>
  LedgerId operator()(const Other&) const {
    return {};
  }
};

LedgerId ledger_of(const Account& item) { return item.ledger; }
LedgerId ledger_of(const Transfer& item) { return item.ledger; }
LedgerId ledger_of(const BulkItem& item) { return std::visit(NamedLedger{}, item); }

template <class Items>
std::optional<CommandRefused> first_not_granted(const State& state, const CommandHeader& header,
                                                const Items& items) {
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    const LedgerId ledger = ledger_of(items[i]);
    if (state.ledger(header.book, ledger) == nullptr) continue;  // ledger_not_open is the item's own result
    if (!granted(state, header, ledger)) return CommandRefused{Rejection::ledger_not_granted, i};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Rejection> authorize(const State& state, const Command& command) {
  const CommandHeader& header = command.header;
  const bool makes_book =
      kind(command.body) == CommandKind::open_book || kind(command.body) == CommandKind::place_book;
  if (!makes_book && state.book(header.book) == nullptr) return Rejection::book_not_open;
  if (header.principal.kind == PrincipalKind::operator_) return std::nullopt;
  if (header.principal.kind != PrincipalKind::client) return Rejection::client_unknown;
  const Client* client = client_of(state, header);
  if (client == nullptr) return Rejection::client_unknown;
  if (client->revoked) return Rejection::client_revoked;
  if (client->version != header.credential_version) return Rejection::credential_outdated;
  if (for_operators_only(command.body)) return Rejection::scope_missing;
  const std::uint16_t needed = scope_needed(command.body);
  if ((client->scopes & needed) != needed) return Rejection::scope_missing;
  return std::nullopt;
}

std::optional<std::variant<CommandRepeated, CommandRefused>> repeated(const State& state,
                                                                      const CommandHeader& header,
                                                                      Timestamp now) {
  for (const KeyedCall& call : header.keyed) {
    const KeyUse* use = state.keys.find({header.book, call.id});
    if (use == nullptr) continue;
    FLORIN_ASSERT(now >= use->time);
    if (now.value - use->time.value > key_retention_ns) continue;
    if (use->fingerprint != call.fingerprint) return CommandRefused{Rejection::idempotency_key_reused, 0};
    return CommandRepeated{use->first, use->count};
  }
  return std::nullopt;
}

bool too_late(const CommandHeader& header, Timestamp now) {
  return header.not_after.value != 0 && now > header.not_after;
}

bool granted(const State& state, const CommandHeader& header, LedgerId ledger) {
  if (header.principal.kind == PrincipalKind::operator_) return true;
  const Client* client = client_of(state, header);
  return client != nullptr && florin::granted(*client, ledger);
}

std::optional<CommandRefused> not_granted(const State& state, const Command& command) {
  if (const auto* body = std::get_if<CreateAccounts>(&command.body))
    return first_not_granted(state, command.header, body->accounts);
  if (const auto* body = std::get_if<CreateTransfers>(&command.body))
    return first_not_granted(state, command.header, body->transfers);
  if (const auto* body = std::get_if<Bulk>(&command.body))
    return first_not_granted(state, command.header, body->items);
  return std::nullopt;
}

EventBody decide_open_book(const State& state, const CommandHeader& header, const OpenBook& body) {
  if (state.known(header.book)) return CommandRefused{Rejection::book_already_open, 0};
  return BookOpened{body.name};
}

EventBody decide_place_book(const State& state, const CommandHeader& header, const PlaceBook& body,
                            PartitionId own) {
  if (own.value != 0 || body.partition.value == 0) return CommandRefused{Rejection::partition_wrong, 0};
  if (state.known(header.book)) return CommandRefused{Rejection::book_already_open, 0};
  return BookPlaced{body.name, body.partition};
}

EventBody decide_create_client(const State& state, const CommandHeader& header, const CreateClient& body,
                               Timestamp time) {
  if (state.client(header.book, body.client.id) != nullptr)
    return CommandRefused{Rejection::client_already_exists, 0};
  Client client = body.client;
  client.version = 1;
  client.revoked = false;
  client.timestamp = time;
  return ClientCreated{std::move(client)};
}

EventBody decide_revoke_client(const State& state, const CommandHeader& header, const RevokeClient& body) {
  const Client* client = state.client(header.book, body.client);
  if (client == nullptr) return CommandRefused{Rejection::client_not_found, 0};
  if (client->revoked) return CommandRefused{Rejection::client_revoked, 0};
  return ClientRevoked{body.client};
}

EventBody decide_open_ledger(const State& state, const CommandHeader& header, const Ledger& ledger,
                             Timestamp time) {
  if (ledger.id.value == 0) return LedgerRefused{ledger.id, LedgerStatus::id_must_not_be_zero, time};
  if (const Ledger* first = state.ledger(header.book, ledger.id)) {
    if (first->currency != ledger.currency)
      return LedgerRefused{ledger.id, LedgerStatus::exists_with_different_currency, time};
    if (first->exponent != ledger.exponent)
      return LedgerRefused{ledger.id, LedgerStatus::exists_with_different_exponent, time};
    if (first->name != ledger.name)
      return LedgerRefused{ledger.id, LedgerStatus::exists_with_different_name, time};
    return LedgerRefused{ledger.id, LedgerStatus::exists, first->timestamp};
  }
  LedgerOpened opened{ledger, ClientId{0}};
  opened.ledger.timestamp = time;
  if (header.principal.kind == PrincipalKind::client) {
    const Client* client = client_of(state, header);
    FLORIN_ASSERT(client != nullptr);  // authorize() came first
    if (!client->all_ledgers && client->ledgers.size() >= client_ledgers_max)
      return LedgerRefused{ledger.id, LedgerStatus::too_many_ledgers, time};
    opened.granted_to = client->id;
  }
  return opened;
}

}  // namespace florin::book
