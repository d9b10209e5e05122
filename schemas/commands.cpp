#include "schemas/commands.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/codec.hpp"
#include "schemas/items_codec.hpp"
#include "schemas/transactions_codec.hpp"

// record_header := format:u16 partition:u32 appender:u64 epoch:u64 counter:u64 previous:32 key:u32
// send_time:u64
//                  original_stamp:u64 count:u32
// payload       := command{count}
// command       := kind:varint header body
// header        := book:varint principal_kind:u8 principal_id:u64 session:varint factors:varint
// credential:varint
//                  keyed:u8 ( id:u128 fingerprint:32 ){keyed} not_after:varint dry_run:u8
// The bodies are listed in docs/formats/journal.md.

namespace florin {
namespace {

void write_header(Writer& out, const CommandHeader& header) {
  out.varint(header.book.value);
  out.fixed(static_cast<std::uint8_t>(header.principal.kind));
  out.fixed(header.principal.id);
  out.varint(header.session);
  out.varint(header.factors);
  out.varint(header.credential_version);
  FLORIN_ASSERT(header.keyed.size() <= keyed_calls_max);
  out.fixed(static_cast<std::uint8_t>(header.keyed.size()));
  for (const KeyedCall& call : header.keyed) {
    FLORIN_ASSERT(call.id.value != 0);
    out.fixed(call.id.value);
    out.raw(call.fingerprint);
  }
  out.varint(header.not_after.value);
  out.fixed(static_cast<std::uint8_t>(header.dry_run));
}

CommandHeader read_header(Reader& in) {
  CommandHeader header;
  header.book.value = in.varint<std::uint32_t>();
  const auto kind = in.fixed<std::uint8_t>();
  if (kind > static_cast<std::uint8_t>(PrincipalKind::client)) in.fail();
  header.principal.kind = static_cast<PrincipalKind>(kind);
  header.principal.id = in.fixed<std::uint64_t>();
  header.session = in.varint<std::uint64_t>();
  header.factors = in.varint<std::uint16_t>();
  header.credential_version = in.varint<std::uint32_t>();
  const auto keyed = in.fixed<std::uint8_t>();
  if (keyed > keyed_calls_max) in.fail();
  for (std::uint8_t i = 0; i < keyed && !in.failed(); ++i) {
    KeyedCall call;
    call.id.value = in.fixed<u128>();
    if (call.id.value == 0) in.fail();
    call.fingerprint = in.hash();
    header.keyed.push_back(call);
  }
  header.not_after.value = in.varint<std::uint64_t>();
  const auto dry_run = in.fixed<std::uint8_t>();
  if (dry_run > 1) in.fail();
  header.dry_run = dry_run == 1;
  return header;
}

struct BodyWriter {
  Writer& out;
  void operator()(const Genesis& body) const {
    out.varint(body.ruleset);
    out.varint(body.key.value);
  }
  void operator()(const OpenAppender& body) const { out.varint(body.rank); }
  void operator()(const ActivateKey& body) const { out.varint(body.key.value); }
  void operator()(const Tick&) const {}
  void operator()(const ActivateRuleset& body) const { out.varint(body.ruleset); }
  void operator()(const OpenBook& body) const { out.string(body.name); }
  void operator()(const CreateClient& body) const { write_client(out, body.client); }
  void operator()(const RevokeClient& body) const { out.fixed(body.client.value); }
  void operator()(const PlaceBook& body) const {
    out.string(body.name);
    out.varint(body.partition.value);
  }
  void operator()(const OpenLedgers& body) const {
    out.varint(body.ledgers.size());
    for (const Ledger& ledger : body.ledgers) write_ledger(out, ledger);
  }
  void operator()(const CreateAccounts& body) const {
    out.varint(body.accounts.size());
    for (const Account& account : body.accounts) write_account(out, account);
  }
  void operator()(const CreateTransfers& body) const {
    out.varint(body.transfers.size());
    for (const Transfer& transfer : body.transfers) write_transfer(out, transfer);
  }
  void operator()(const Bulk& body) const {
    out.fixed(static_cast<std::uint8_t>(body.atomic));
    out.varint(body.items.size());
    for (const BulkItem& item : body.items) write_bulk_item(out, item);
  }
};

template <class Item>
std::vector<Item> read_items(Reader& in, std::size_t items_max, Item (*read)(Reader&)) {
  std::vector<Item> items;
  const auto count = in.varint<std::uint32_t>();
  if (count > items_max) in.fail();
  if (!in.failed()) items.reserve(count);
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) items.push_back(read(in));
  return items;
}

Bulk read_bulk(Reader& in) {
  Bulk body;
  const auto atomic = in.fixed<std::uint8_t>();
  if (atomic > 1) in.fail();
  body.atomic = atomic == 1;
  body.items = read_items<BulkItem>(in, batch_items_max, read_bulk_item);
  return body;
}

CommandBody read_body(Reader& in, std::uint32_t kind) {
  switch (static_cast<CommandKind>(kind)) {
    case CommandKind::genesis: {
      const auto ruleset = in.varint<std::uint32_t>();
      return Genesis{ruleset, KeyId{in.varint<std::uint32_t>()}};
    }
    case CommandKind::open_appender: return OpenAppender{in.varint<std::uint32_t>()};
    case CommandKind::activate_key: return ActivateKey{KeyId{in.varint<std::uint32_t>()}};
    case CommandKind::tick: return Tick{};
    case CommandKind::activate_ruleset: return ActivateRuleset{in.varint<std::uint32_t>()};
    case CommandKind::open_book: return OpenBook{in.text(name_bytes_max)};
    case CommandKind::create_client: return CreateClient{read_client(in)};
    case CommandKind::revoke_client: return RevokeClient{ClientId{in.fixed<std::uint64_t>()}};
    case CommandKind::place_book: {
      auto name = in.text(name_bytes_max);
      return PlaceBook{std::move(name), PartitionId{in.varint<PartitionId::Value>()}};
    }
    case CommandKind::open_ledgers:
      return OpenLedgers{read_items<Ledger>(in, ledgers_items_max, read_ledger)};
    case CommandKind::create_accounts:
      return CreateAccounts{read_items<Account>(in, batch_items_max, read_account)};
    case CommandKind::create_transfers:
      return CreateTransfers{read_items<Transfer>(in, batch_items_max, read_transfer)};
    case CommandKind::bulk: return read_bulk(in);
  }
  in.fail();
  return Tick{};
}

}  // namespace

CommandKind kind(const CommandBody& body) {
  static constexpr CommandKind kinds[] = {
      CommandKind::genesis,       CommandKind::open_appender,    CommandKind::activate_key,
      CommandKind::tick,          CommandKind::activate_ruleset, CommandKind::open_book,
      CommandKind::create_client, CommandKind::revoke_client,    CommandKind::place_book,
      CommandKind::open_ledgers,  CommandKind::create_accounts,  CommandKind::create_transfers,
      CommandKind::bulk};
  static_assert(std::variant_size_v<CommandBody> == std::size(kinds));
  return kinds[body.index()];
}

Bytes encode_record_header(const RecordHeader& header) {
  Bytes bytes;
  bytes.reserve(record_header_bytes);
  Writer out(bytes);
  out.fixed(header.format);
  out.fixed(header.partition.value);
  out.fixed(header.appender.value);
  out.fixed(header.epoch.value);
  out.fixed(header.counter);
  out.raw(header.previous);
  out.fixed(header.key.value);
  out.fixed(header.send_time.value);
  out.fixed(header.original_stamp.value);
  out.fixed(header.count);
  FLORIN_ASSERT(bytes.size() == record_header_bytes);
  return bytes;
}

Result<RecordHeader> decode_record_header(ByteView bytes) {
  Reader in(bytes);
  RecordHeader header;
  header.format = in.fixed<std::uint16_t>();
  header.partition.value = in.fixed<std::uint32_t>();
  header.appender.value = in.fixed<std::uint64_t>();
  header.epoch.value = in.fixed<std::uint64_t>();
  header.counter = in.fixed<std::uint64_t>();
  header.previous = in.hash();
  header.key.value = in.fixed<std::uint32_t>();
  header.send_time.value = in.fixed<std::uint64_t>();
  header.original_stamp.value = in.fixed<std::uint64_t>();
  header.count = in.fixed<std::uint32_t>();
  if (!in.done()) return fail(Errc::format, "a record header has another length than its format says");
  if (header.format != record_format)
    return fail(Errc::format,
                "record format " + std::to_string(header.format) + " is not known to this program");
  if (header.count == 0 || header.count > record_commands_max)
    return fail(Errc::format, "a record header counts " + std::to_string(header.count) + " commands");
  return header;
}

void encode_command(const Command& command, Bytes& bytes) {
  Writer out(bytes);
  out.varint(static_cast<std::uint16_t>(kind(command.body)));
  write_header(out, command.header);
  std::visit(BodyWriter{out}, command.body);
}

Result<std::vector<Command>> decode_commands(ByteView payload, std::uint32_t count) {
  if (count > record_commands_max) return fail(Errc::format, "more commands than a record may hold");
  Reader in(payload);
  std::vector<Command> commands;
  commands.reserve(count);
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    const auto kind = in.varint<std::uint16_t>();
    Command command;
    command.header = read_header(in);
    command.body = read_body(in, kind);
    commands.push_back(std::move(command));
  }
  if (!in.done())
    return fail(Errc::format, "the payload of a record does not follow its grammar (command " +
                                  std::to_string(commands.size()) + " of " + std::to_string(count) + ")");
  return commands;
}

}  // namespace florin
