// Books and clients.
#include <algorithm>

#include "engine/base/hex.hpp"
#include "gateway/admin/calls.hpp"
#include "gateway/auth/credentials.hpp"
#include "gateway/json/writer.hpp"

namespace florin::gateway {
namespace {

struct AskedBook {
  BookId id;
  std::string name;
  PartitionId partition;  // all ones when it is not asked for one
};
constexpr PartitionId any_partition{~std::uint32_t{0}};

// The first id from 1 on that no book has. Two calls at once may find the same; the engine then refuses the
// second.
Result<BookId> free_book(const projections::DirectoryQuery& directory) {
  for (std::uint32_t id = 1; id <= books_searched_max; ++id) {
    FLORIN_TRY_ASSIGN(const auto name, directory.book({id}));
    FLORIN_TRY_ASSIGN(const auto place, directory.placement({id}));
    if (!name.value && !place.value) return BookId{id};
  }
  return fail(Errc::invalid_argument, "more than " + std::to_string(books_searched_max) +
                                          " books are open; choose the id of the new one");
}

void open_book(const AccessPorts& ports, const AskedBook& asked, const RequestPtr& request,
               const Reply& reply) {
  json::Writer out;
  out.begin_object().number("book", asked.id.value);
  if (ports.partitions.size() > 1) out.number("partition", asked.partition.value);
  out.end_object();
  run(ports.partitions[asked.partition.value], {by_operator(asked.id), OpenBook{asked.name}}, request, reply,
      {out.take(), "Book " + to_string(asked.id) + " was opened"});
}

// Partition 0 decides where it lives, and then it is opened there. Where a call ended between the two, the
// same call again does the rest.
void place_book(const AccessPorts& ports, const AskedBook& asked, const RequestPtr& request,
                const Reply& reply) {
  const GatewayPartition& zero = ports.partitions.front();
  const auto place = zero.directory.placement(asked.id);
  if (!place) return reply.send(to_response(for_operator(place.error()), request->request_id));
  if (place->value == asked.partition) return open_book(ports, asked, request, reply);
  Effect placed{{}, "Book " + to_string(asked.id) + " was placed", " Create it again, with the same id."};
  placed.next = [&ports, asked, request, reply] { open_book(ports, asked, request, reply); };
  run(zero, {by_operator(asked.id), PlaceBook{asked.name, asked.partition}}, request, reply,
      std::move(placed));
}

std::optional<AskedBook> read_book(const AccessPorts& ports, const Request& request, const Reply& reply) {
  AskedBook asked{{}, {}, any_partition};
  const auto partitions = static_cast<std::uint32_t>(ports.partitions.size());
  const auto read = [&](json::Fields& fields, FieldErrors& errors) {
    asked.name = fields.text("name", 1, name_bytes_max);
    asked.id.value = fields.u32("id");
    if (fields.any("partition")) asked.partition.value = fields.u32("partition");
    if (asked.partition.value >= partitions && asked.partition != any_partition)
      errors.add({FieldError::Place::pointer, "/partition", "out_of_range",
                  "There are the partitions 0 to " + std::to_string(partitions - 1) + "."});
  };
  if (!read_body(request, reply, read)) return std::nullopt;
  return asked;
}

void create_book(const AccessPorts& ports, const RequestPtr& request, const Reply& reply) {
  auto asked = read_book(ports, *request, reply);
  if (!asked) return;
  if (asked->id.value == 0) {
    const auto free = free_book(ports.partitions.front().directory);
    if (!free)
      return reply.send(to_response(to_problem(free.error(), CallKind::command), request->request_id));
    asked->id = *free;
  }
  if (asked->partition == any_partition)
    asked->partition.value = (asked->id.value - 1) % static_cast<std::uint32_t>(ports.partitions.size());
  if (asked->partition.value == 0) return open_book(ports, *asked, request, reply);
  place_book(ports, *asked, request, reply);
}

struct AskedClient {
  BookId book;
  Client client;
};

void read_ledgers(json::Fields& fields, FieldErrors& errors, Client& client) {
  const auto ids = fields.array("ledgers", 0, 1000);
  if (!ids) return;
  ids->each([&](json::Value id) {
    const auto value =
        id.kind() == json::Kind::number ? parse_decimal(id.text(), ~std::uint32_t{0}) : std::nullopt;
    if (!value || *value == 0)
      errors.add(
          {FieldError::Place::pointer, "/ledgers", "invalid", "Ledger ids are integers from 1 to 2^32-1."});
    else client.ledgers.push_back({static_cast<std::uint32_t>(*value)});
  });
  std::sort(client.ledgers.begin(), client.ledgers.end());
  client.ledgers.erase(std::unique(client.ledgers.begin(), client.ledgers.end()), client.ledgers.end());
}

// The secret itself never comes here: the command line makes it, shows it once, and sends its hash.
void read_client(json::Fields& fields, FieldErrors& errors, AskedClient& asked) {
  asked.book.value = fields.u32("book");
  asked.client.name = fields.text("name", 1, name_bytes_max);
  const auto hash = from_hex(fields.text("secret_hash", 64, 64));
  if (hash && hash->size() == asked.client.secret_hash.size())
    std::copy(hash->begin(), hash->end(), asked.client.secret_hash.begin());
  else
    errors.add({FieldError::Place::pointer, "/secret_hash", "invalid", "It must be 64 hexadecimal digits."});
  if (!parse_scopes(fields.text("scope", 1, 200), asked.client.scopes))
    errors.add({FieldError::Place::pointer, "/scope", "invalid",
                "Scopes are ledger:read, ledger:write, audit:read and book:admin, each once, with one space "
                "between."});
  asked.client.all_ledgers = fields.u32("all_ledgers", 1) == 1;
  read_ledgers(fields, errors, asked.client);
}

void create_client(const AccessPorts& ports, const RequestPtr& request, const Reply& reply) {
  AskedClient asked;
  if (!read_body(*request, reply,
                 [&](json::Fields& fields, FieldErrors& errors) { read_client(fields, errors, asked); }))
    return;
  asked.client.id = make_client_id();
  const std::string name = format_client_id(asked.book, asked.client.id);
  json::Writer out;
  out.begin_object().string("client_id", name).end_object();
  run(ports, {by_operator(asked.book), CreateClient{std::move(asked.client)}}, request, reply,
      {out.take(), "Client " + name + " was created",
       " Its secret is not shown any more: revoke it, and create another."});
}

void revoke_client(const AccessPorts& ports, const RequestPtr& request, const Reply& reply) {
  std::optional<ClientName> name;
  const auto read = [&](json::Fields& fields, FieldErrors& errors) {
    name = parse_client_id(fields.text("client_id", 1, 64));
    if (!name)
      errors.add({FieldError::Place::pointer, "/client_id", "invalid", "It is not the id of a client."});
  };
  if (!read_body(*request, reply, read)) return;
  const std::string text = format_client_id(name->book, name->client);
  json::Writer out;
  out.begin_object().string("revoked", text).end_object();
  run(ports, {by_operator(name->book), RevokeClient{name->client}}, request, reply,
      {out.take(), "Client " + text + " was revoked"});
}

}  // namespace

void bind_access(Router& router, const AdminPorts& ports) {
  router.bind("createBook",
              [&ports](RequestPtr request, Reply reply) { create_book(*ports.access, request, reply); });
  router.bind("createClient",
              [&ports](RequestPtr request, Reply reply) { create_client(*ports.access, request, reply); });
  router.bind("revokeClient",
              [&ports](RequestPtr request, Reply reply) { revoke_client(*ports.access, request, reply); });
}

}  // namespace florin::gateway
