#include "engine/base/codec.hpp"
#include "schemas/event_additions.hpp"
#include "schemas/events.hpp"
#include "schemas/items_codec.hpp"

// payload := event{count}
// event   := kind:varint time:u64 book:varint command:varint body
// The bodies are listed in docs/formats/events.md.

namespace florin {
namespace {

void write_after(Writer& out, const AccountAfter& after) {
  write_balances(out, after.balances);
  out.varint(after.flags);
}

AccountAfter read_after(Reader& in) {
  AccountAfter after;
  after.balances = read_balances(in);
  after.flags = in.varint<std::uint16_t>();
  return after;
}

struct BodyWriter {
  Writer& out;
  void operator()(const GenesisRecorded& body) const {
    out.varint(body.ruleset);
    out.varint(body.key.value);
  }
  void operator()(const AppenderOpened& body) const {
    out.fixed(body.appender.value);
    out.varint(body.epoch.value);
    out.varint(body.rank);
  }
  void operator()(const KeyActivated& body) const { out.varint(body.key.value); }
  void operator()(const Ticked&) const {}
  void operator()(const RulesetActivated& body) const { out.varint(body.ruleset); }
  void operator()(const RecordSkipped& body) const { out.fixed(static_cast<std::uint8_t>(body.reason)); }
  void operator()(const CommandRefused& body) const {
    out.varint(static_cast<std::uint16_t>(body.reason));
    out.varint(body.item);
  }
  void operator()(const CommandRepeated& body) const {
    out.varint(body.first.value);
    out.varint(body.count);
  }
  void operator()(const BookOpened& body) const { out.string(body.name); }
  void operator()(const ClientCreated& body) const { write_client(out, body.client); }
  void operator()(const ClientRevoked& body) const { out.fixed(body.client.value); }
  void operator()(const BookPlaced& body) const {
    out.string(body.name);
    out.varint(body.partition.value);
  }
  void operator()(const LedgerOpened& body) const {
    write_ledger(out, body.ledger);
    out.fixed(body.granted_to.value);
  }
  void operator()(const LedgerRefused& body) const {
    out.varint(body.id.value);
    out.varint(static_cast<std::uint32_t>(body.status));
    out.fixed(body.timestamp.value);
  }
  void operator()(const AccountCreated& body) const { write_account(out, body.account); }
  void operator()(const AccountRefused& body) const {
    out.fixed(body.id.value);
    out.varint(static_cast<std::uint32_t>(body.status));
    out.fixed(body.timestamp.value);
  }
  void operator()(const TransferCreated& body) const {
    write_transfer(out, body.transfer);
    write_after(out, body.debit);
    write_after(out, body.credit);
  }
  void operator()(const TransferRefused& body) const {
    out.fixed(body.id.value);
    out.varint(static_cast<std::uint32_t>(body.status));
    out.fixed(body.timestamp.value);
    write_available(out, body.available);
  }
  void operator()(const TransferExpired& body) const {
    out.fixed(body.id.value);
    out.fixed(body.debit_account_id.value);
    out.fixed(body.credit_account_id.value);
    out.varint(body.amount.value);
    out.varint(body.ledger.value);
    write_after(out, body.debit);
    write_after(out, body.credit);
    out.varint(body.flags);
  }
  template <class Addition>
  void operator()(const Addition& body) const {
    write_addition(out, body);
  }
};

template <class Refused, class Status>
Refused read_refused(Reader& in) {
  Refused body;
  if constexpr (std::is_same_v<Refused, LedgerRefused>) body.id.value = in.varint<std::uint32_t>();
  else body.id.value = in.fixed<u128>();
  body.status = read_refusal<Status>(in);
  body.timestamp.value = in.fixed<std::uint64_t>();
  if constexpr (std::is_same_v<Refused, TransferRefused>) body.available = read_available(in);
  return body;
}

EventBody read_system_body(Reader& in, std::uint16_t kind) {
  switch (kind) {
    case 1: {
      const auto ruleset = in.varint<std::uint32_t>();
      return GenesisRecorded{ruleset, KeyId{in.varint<std::uint32_t>()}};
    }
    case 2: {
      AppenderOpened body;
      body.appender.value = in.fixed<std::uint64_t>();
      body.epoch.value = in.varint<std::uint64_t>();
      body.rank = in.varint<std::uint32_t>();
      return body;
    }
    case 3: return KeyActivated{KeyId{in.varint<std::uint32_t>()}};
    case 4: return Ticked{};
    case 8: return RulesetActivated{in.varint<std::uint32_t>()};
    case 5: {
      const auto reason = in.fixed<std::uint8_t>();
      if (reason < 1 || reason > 3) in.fail();
      return RecordSkipped{static_cast<RecordSkipped::Reason>(reason)};
    }
    case 6: {
      const auto reason = static_cast<Rejection>(in.varint<std::uint16_t>());
      if (name(reason) == "unknown") in.fail();
      return CommandRefused{reason, in.varint<std::uint32_t>()};
    }
    case 7: {
      const Sequence first{in.varint<std::uint64_t>()};
      return CommandRepeated{first, in.varint<std::uint32_t>()};
    }
    default: in.fail(); return Ticked{};
  }
}

TransferCreated read_transfer_created(Reader& in) {
  TransferCreated body;
  body.transfer = read_transfer(in);
  body.debit = read_after(in);
  body.credit = read_after(in);
  return body;
}

TransferExpired read_transfer_expired(Reader& in) {
  TransferExpired body;
  body.id.value = in.fixed<u128>();
  body.debit_account_id.value = in.fixed<u128>();
  body.credit_account_id.value = in.fixed<u128>();
  body.amount.value = in.varint128();
  body.ledger.value = in.varint<std::uint32_t>();
  body.debit = read_after(in);
  body.credit = read_after(in);
  body.flags = in.varint<std::uint16_t>();
  return body;
}

EventBody read_body(Reader& in, std::uint16_t kind) {
  if (kind >= event_additions_first && kind <= event_additions_last) return read_addition(in, kind);
  switch (kind) {
    case 16: return BookOpened{in.text(name_bytes_max)};
    case 17: return ClientCreated{read_client(in)};
    case 18: return ClientRevoked{ClientId{in.fixed<std::uint64_t>()}};
    case 19: {
      auto name = in.text(name_bytes_max);
      return BookPlaced{std::move(name), PartitionId{in.varint<PartitionId::Value>()}};
    }
    case 32: {
      LedgerOpened body;
      body.ledger = read_ledger(in);
      body.granted_to.value = in.fixed<std::uint64_t>();
      return body;
    }
    case 33: return read_refused<LedgerRefused, LedgerStatus>(in);
    case 34: return AccountCreated{read_account(in)};
    case 35: return read_refused<AccountRefused, AccountStatus>(in);
    case 36: return read_transfer_created(in);
    case 37: return read_refused<TransferRefused, TransferStatus>(in);
    case 38: return read_transfer_expired(in);
    default: return read_system_body(in, kind);
  }
}

}  // namespace

Previewed preview(const EventBody& body) {
  Previewed previewed;
  Writer out(previewed.body);
  out.varint(kind(body));
  std::visit(BodyWriter{out}, body);
  return previewed;
}

Result<EventBody> decode_previewed(const Previewed& event) {
  Reader in(event.body);
  const auto kind = in.varint<std::uint16_t>();
  EventBody body = read_body(in, kind);
  if (!in.done()) return fail(Errc::format, "a previewed event does not follow its grammar");
  return body;
}

void encode_event(const Event& event, Bytes& bytes) {
  Writer out(bytes);
  out.varint(kind(event.body));
  out.fixed(event.time.value);
  out.varint(event.book.value);
  out.varint(event.command);
  std::visit(BodyWriter{out}, event.body);
}

Result<std::vector<Event>> decode_events(ByteView payload, std::uint32_t count) {
  // An event takes 11 bytes or more, so a count that the payload cannot hold is refused before memory is
  // reserved for it.
  if (count > payload.size())
    return fail(Errc::format, "an event record counts more events than its payload can hold");
  Reader in(payload);
  std::vector<Event> events;
  events.reserve(count);
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    Event event;
    const auto kind = in.varint<std::uint16_t>();
    event.time.value = in.fixed<std::uint64_t>();
    event.book.value = in.varint<std::uint32_t>();
    event.command = in.varint<std::uint32_t>();
    event.body = read_body(in, kind);
    events.push_back(std::move(event));
  }
  if (!in.done())
    return fail(Errc::format, "the payload of an event record does not follow its grammar (event " +
                                  std::to_string(events.size()) + " of " + std::to_string(count) + ")");
  return events;
}

}  // namespace florin
