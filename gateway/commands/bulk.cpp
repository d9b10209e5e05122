#include "gateway/commands/bulk.hpp"

#include "gateway/queries/reading.hpp"

namespace florin::gateway {
namespace {

using json::Fields;
using json::Path;

// What an item may come to in events. A reversal that names no postings may have as many as its original.
struct EventsMax {
  std::size_t operator()(const Transaction& item) const {
    const bool whole = (item.flags & transaction_flags::whole) != 0;
    return whole ? postings_max : std::max<std::size_t>(item.postings.size(), 1);
  }
  template <class Other>
  std::size_t operator()(const Other&) const {
    return 1;
  }
};

struct KindName {
  std::string_view operator()(const Account&) const { return "account"; }
  std::string_view operator()(const Transfer&) const { return "transfer"; }
  std::string_view operator()(const Transaction& item) const {
    return item.reversal_of == TransactionId{} ? "transaction" : "reversal";
  }
  std::string_view operator()(const SetMetadata&) const { return "metadata"; }
  std::string_view operator()(const SetLimits&) const { return "limits"; }
};

void check_size(const std::vector<BulkItem>& items, const Path& list, FieldErrors& errors) {
  std::size_t events = 0;
  for (const BulkItem& item : items) events += std::visit(EventsMax{}, item);
  if (events > bulk_events_max)
    errors.add({FieldError::Place::pointer, list.pointer(), "too_many_items",
                "Items and postings are at most " + std::to_string(bulk_events_max) +
                    " together: a transaction counts as its postings, a reversal that names none as " +
                    std::to_string(postings_max) + "."});
}

// Reads the body's object: `read` gets its fields.
template <class Read>
Parsed read_body(std::string_view body, Read read) {
  const auto document = parse_json(body);
  if (!document) return tl::unexpected(document.error());
  FieldErrors errors;
  const Path root;
  Fields fields(document->root(), root, errors);
  ParsedCommand command{Bulk{}, fields.boolean("dry_run")};
  read(std::get<Bulk>(command.body), fields, root, errors);
  fields.finish();
  if (!errors.empty()) return tl::unexpected(wrong_fields(std::move(errors)));
  return command;
}

// The body of a call about one thing that the path names.
template <class Read>
Parsed read_about(const Request& request, Read read) {
  const auto id = path_id(request);
  if (!id) return tl::unexpected(id.error());
  return read_body(request.body, [&](Bulk& bulk, Fields& fields, const Path& path, FieldErrors& errors) {
    bulk.items.push_back(read(*id, fields, path, errors));
  });
}

Parsed parse_metadata(const Request& request, TargetKind kind) {
  return read_about(request, [kind](u128 id, Fields& fields, const Path& path, FieldErrors& errors) {
    fields.require("metadata");
    return SetMetadata{{kind, id}, read_metadata_changes(fields, "metadata", path, errors)};
  });
}

SetMetadata read_set_metadata(Fields& fields, const Path& path, FieldErrors& errors) {
  static constexpr std::pair<std::string_view, TargetKind> names[] = {
      {"account_id", TargetKind::account},
      {"transfer_id", TargetKind::transfer},
      {"transaction_id", TargetKind::transaction}};
  SetMetadata item;
  int targets = 0;
  for (const auto& [name, kind] : names) {
    if (!fields.any(name)) continue;
    item.target = {kind, fields.wide(name)};
    ++targets;
  }
  if (!fields.is_object()) return item;
  fields.require("set");
  if (targets != 1)
    errors.add({FieldError::Place::pointer, path.pointer(), "invalid",
                "Metadata is of one thing: give one of account_id, transfer_id and transaction_id."});
  item.changes = read_metadata_changes(fields, "set", path, errors);
  return item;
}

// A transaction that reverses 0 would be none that reverses.
constexpr std::string_view no_original = "No transaction has the id 0.";

TransactionId read_original(Fields& fields, const Path& path, FieldErrors& errors) {
  constexpr std::string_view name = "transaction_id";
  fields.require(name);
  const bool given = fields.any(name).has_value();
  const std::size_t wrong = errors.list().size();
  const TransactionId original{fields.wide(name)};
  if (given && original.value == 0 && errors.list().size() == wrong)
    errors.add(
        {FieldError::Place::pointer, path.member(name).pointer(), "invalid", std::string(no_original)});
  return original;
}

std::optional<BulkItem> read_kind(std::string_view kind, Fields& fields, const Path& path,
                                  FieldErrors& errors) {
  if (kind == "account") return read_account(fields);
  if (kind == "transfer") return read_transfer(fields);
  if (kind == "transaction") return read_transaction(fields, path, errors);
  if (kind == "reversal") {
    Transaction reversal = read_reversal(fields, path, errors);
    reversal.reversal_of = read_original(fields, path, errors);
    return reversal;
  }
  if (kind == "metadata") return read_set_metadata(fields, path, errors);
  if (kind == "limits") {
    const AccountId account{fields.wide("account_id")};
    return SetLimits{account, read_limits(fields)};
  }
  return std::nullopt;
}

// {"<kind>":{...}}
void read_item(json::Value element, const Path& path, FieldErrors& errors, std::vector<BulkItem>& items) {
  const bool single = element.kind() == json::Kind::object && element.size() == 1;
  std::optional<BulkItem> item;
  if (single)
    element.each([&](json::Value value) {
      const Path place = path.member(value.key());
      Fields fields(value, place, errors);
      item = read_kind(value.key(), fields, place, errors);
      if (item) fields.finish();
    });
  if (item) return items.push_back(*std::move(item));
  if (!errors.full())
    errors.add(
        {FieldError::Place::pointer, path.pointer(), "invalid",
         "An item is an object with one member, whose name is its kind: account, transfer, transaction, "
         "reversal, metadata or limits."});
  items.emplace_back(SetLimits{});  // keeps the numbers of those behind it
}

}  // namespace

Parsed parse_transactions(const Request& request) {
  return read_body(request.body, [](Bulk& bulk, Fields& fields, const Path& root, FieldErrors& errors) {
    const Path list = root.member("transactions");
    const auto elements = fields.array("transactions", 1, batch_items_max);
    if (!elements) return;
    elements->each([&](json::Value element) {
      if (errors.full()) return;
      const Path path = list.element(bulk.items.size());
      Fields item(element, path, errors);
      bulk.items.emplace_back(read_transaction(item, path, errors));
      item.finish();
    });
    check_size(bulk.items, list, errors);
  });
}

Parsed parse_reversal(const Request& request) {
  if (const auto id = path_id(request); id && *id == 0)
    return tl::unexpected(
        field_problem(ProblemCode::parameter_invalid,
                      {FieldError::Place::parameter, "id", "invalid", std::string(no_original)}));
  return read_about(request, [](u128 id, Fields& fields, const Path& path, FieldErrors& errors) {
    Transaction reversal = read_reversal(fields, path, errors);
    reversal.reversal_of = {id};
    return reversal;
  });
}

Parsed parse_limits(const Request& request) {
  return read_about(request, [](u128 id, Fields& fields, const Path&, FieldErrors&) {
    return SetLimits{{id}, read_limits(fields)};
  });
}

Parsed parse_account_metadata(const Request& request) { return parse_metadata(request, TargetKind::account); }
Parsed parse_transfer_metadata(const Request& request) {
  return parse_metadata(request, TargetKind::transfer);
}
Parsed parse_transaction_metadata(const Request& request) {
  return parse_metadata(request, TargetKind::transaction);
}

std::vector<std::string_view> kinds_of(const Bulk& bulk) {
  std::vector<std::string_view> kinds;
  kinds.reserve(bulk.items.size());
  for (const BulkItem& item : bulk.items) kinds.push_back(std::visit(KindName{}, item));
  return kinds;
}

Parsed parse_bulk(const Request& request) {
  return read_body(request.body, [](Bulk& bulk, Fields& fields, const Path& root, FieldErrors& errors) {
    bulk.atomic = fields.boolean("atomic");
    const Path list = root.member("items");
    const auto elements = fields.array("items", 1, batch_items_max);
    if (!elements) return;
    elements->each([&](json::Value element) {
      if (!errors.full()) read_item(element, list.element(bulk.items.size()), errors, bulk.items);
    });
    check_size(bulk.items, list, errors);
  });
}

}  // namespace florin::gateway
