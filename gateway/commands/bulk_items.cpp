// Transactions, reversals, metadata and limits from the fields of their objects.
#include <algorithm>

#include "gateway/commands/items.hpp"
#include "gateway/json/ledger_flags.hpp"

namespace florin::gateway {
namespace {

void wrong(FieldErrors& errors, const json::Path& path, std::string_view code, std::string detail) {
  if (!errors.full())
    errors.add({FieldError::Place::pointer, path.pointer(), std::string(code), std::move(detail)});
}

PostingSide read_side(json::Fields& fields, const json::Path& path, FieldErrors& errors) {
  const auto side = fields.any("side");
  const bool text = side && side->kind() == json::Kind::string;
  if (text && side->text() == "debit") return PostingSide::debit;
  if (text && side->text() == "credit") return PostingSide::credit;
  wrong(errors, path.member("side"), side ? "invalid" : "required", R"(This must be "debit" or "credit".)");
  return PostingSide::debit;
}

std::vector<Posting> read_postings(json::Fields& fields, const json::Path& path, FieldErrors& errors) {
  std::vector<Posting> postings;
  const json::Path list = path.member("postings");
  const auto elements = fields.array("postings", 1, postings_max);
  if (!elements) return postings;
  elements->each([&](json::Value element) {
    const json::Path place = list.element(postings.size());
    json::Fields posting(element, place, errors);
    Posting read;
    read.account = {posting.wide("account_id")};
    // What is no object has no side to miss.
    if (element.kind() == json::Kind::object) read.side = read_side(posting, place, errors);
    read.amount = {posting.wide("amount")};
    posting.finish();
    postings.push_back(read);
  });
  return postings;
}

// What is wrong with a key or its value; none when nothing is.
std::optional<std::string> metadata_fault(std::string_view key, json::Value value) {
  const auto control = [](std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; });
  };
  if (key.empty() || key.size() > metadata_key_bytes_max)
    return "A key has 1 to " + std::to_string(metadata_key_bytes_max) + " bytes of UTF-8.";
  if (value.kind() == json::Kind::null) return std::nullopt;
  if (value.kind() != json::Kind::string) return "A value is a string.";
  if (value.text().size() > metadata_bytes_max)
    return "A value has at most " + std::to_string(metadata_bytes_max) + " bytes of UTF-8.";
  if (control(key) || control(value.text())) return "Keys and values have no control characters.";
  return std::nullopt;
}

Metadata read_metadata(json::Fields& fields, const json::Path& path, FieldErrors& errors) {
  Metadata metadata;
  std::size_t bytes = 0;
  for (auto& [key, value] : read_metadata_changes(fields, "metadata", path, errors)) {
    if (!value) {
      wrong(errors, path.member("metadata").member(key), "wrong_type", "A value is a string.");
      continue;
    }
    bytes += key.size() + value->size();
    metadata.emplace_back(std::move(key), *std::move(value));
  }
  if (bytes > metadata_bytes_max)
    wrong(errors, path.member("metadata"), "too_long",
          "Keys and values have at most " + std::to_string(metadata_bytes_max) + " bytes together.");
  return metadata;
}

Transaction read_common(json::Fields& fields, const json::Path& path, FieldErrors& errors) {
  Transaction transaction;
  transaction.id = {fields.wide("id")};
  transaction.user_data_128 = fields.wide("user_data_128");
  transaction.user_data_64 = fields.u64("user_data_64");
  transaction.user_data_32 = fields.u32("user_data_32");
  transaction.code = fields.u16("code");
  transaction.flags = fields.flags("flags", json::transaction_flag_names);
  transaction.timestamp = {fields.u64("timestamp")};
  transaction.metadata = read_metadata(fields, path, errors);
  return transaction;
}

std::optional<Amount> read_limit(json::Fields& fields, std::string_view name) {
  const auto value = fields.any(name);
  if (!value || value->kind() == json::Kind::null) return std::nullopt;
  return Amount{fields.wide(name)};
}

}  // namespace

Transaction read_transaction(json::Fields& fields, const json::Path& path, FieldErrors& errors) {
  Transaction transaction = read_common(fields, path, errors);
  transaction.postings = read_postings(fields, path, errors);
  return transaction;
}

Transaction read_reversal(json::Fields& fields, const json::Path& path, FieldErrors& errors) {
  Transaction reversal = read_common(fields, path, errors);
  if (fields.any("postings")) reversal.postings = read_postings(fields, path, errors);
  else reversal.flags |= transaction_flags::whole;
  return reversal;
}

Limits read_limits(json::Fields& fields) {
  return {read_limit(fields, "debit_balance_max"), read_limit(fields, "credit_balance_max")};
}

std::vector<std::pair<std::string, std::optional<std::string>>> read_metadata_changes(json::Fields& fields,
                                                                                      std::string_view name,
                                                                                      const json::Path& path,
                                                                                      FieldErrors& errors) {
  std::vector<std::pair<std::string, std::optional<std::string>>> changes;
  const auto object = fields.object(name);
  if (!object) return changes;
  const json::Path place = path.member(name);
  if (object->size() > metadata_keys_max)
    wrong(errors, place, "too_many_keys",
          "There are at most " + std::to_string(metadata_keys_max) + " keys.");
  object->each([&](json::Value member) {
    if (auto fault = metadata_fault(member.key(), member))
      return wrong(errors, place.member(member.key()), "invalid", *std::move(fault));
    const bool erase = member.kind() == json::Kind::null;
    changes.emplace_back(member.key(), erase ? std::nullopt : std::optional<std::string>(member.text()));
  });
  std::sort(changes.begin(), changes.end());
  return changes;
}

}  // namespace florin::gateway
