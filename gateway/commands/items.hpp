// Bodies of commands: JSON to items. Form is checked here, money in the engine: whatever the core has a
// result for goes through, ids of 0 and exclusive flags included.
#pragma once

#include <tl/expected.hpp>

#include "gateway/http/message.hpp"
#include "gateway/json/fields.hpp"
#include "schemas/commands.hpp"

namespace florin::gateway {

struct ParsedCommand {
  CommandBody body;
  bool dry_run = false;
};
using Parsed = tl::expected<ParsedCommand, Problem>;

Parsed parse_ledgers(std::string_view body);    // {"ledgers":[...]}
Parsed parse_accounts(std::string_view body);   // {"accounts":[...],"dry_run"}
Parsed parse_transfers(std::string_view body);  // {"transfers":[...],"dry_run"}

// The items of a bulk (bulk_items.cpp), each from the fields of its object.
Account read_account(json::Fields& fields);
Transfer read_transfer(json::Fields& fields);
Transaction read_transaction(json::Fields& fields, const json::Path& path, FieldErrors& errors);
Transaction read_reversal(json::Fields& fields, const json::Path& path, FieldErrors& errors);
Limits read_limits(json::Fields& fields);
// The member `name`: an object of texts and nulls.
std::vector<std::pair<std::string, std::optional<std::string>>> read_metadata_changes(json::Fields& fields,
                                                                                      std::string_view name,
                                                                                      const json::Path& path,
                                                                                      FieldErrors& errors);

// The document, or the problem that it is none.
tl::expected<json::Document, Problem> parse_json(std::string_view body);
Problem wrong_fields(FieldErrors errors);

}  // namespace florin::gateway
