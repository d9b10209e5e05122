// Any bytes as a body: the strict reader takes no more than the library's own parser does, keeps what it
// takes, and names a place inside the text for what it refuses.
#include <nlohmann/json.hpp>

#include "engine/base/assert.hpp"
#include "gateway/json/fields.hpp"
#include "gateway/json/ledger_flags.hpp"
#include "gateway/json/utf8.hpp"
#include "gateway/json/writer.hpp"

namespace {

using namespace florin::gateway;
using namespace florin::gateway::json;

// Both trees, side by side. Numbers are compared as the library read them from the text that we kept.
void compare(Value ours, const nlohmann::json& theirs) {
  switch (ours.kind()) {
    case Kind::null: FLORIN_ASSERT(theirs.is_null()); return;
    case Kind::boolean: FLORIN_ASSERT(theirs.is_boolean() && theirs.get<bool>() == ours.boolean()); return;
    case Kind::number:
      FLORIN_ASSERT(theirs.is_number() && nlohmann::json::parse(ours.text()) == theirs);
      return;
    case Kind::string: FLORIN_ASSERT(theirs.is_string() && theirs.get<std::string>() == ours.text()); return;
    case Kind::array: {
      FLORIN_ASSERT(theirs.is_array() && theirs.size() == ours.size());
      std::size_t index = 0;
      ours.each([&](Value element) { compare(element, theirs[index++]); });
      FLORIN_ASSERT(index == ours.size());
      return;
    }
    case Kind::object: {
      FLORIN_ASSERT(theirs.is_object() && theirs.size() == ours.size());
      ours.each([&](Value member) { compare(member, theirs.at(std::string(member.key()))); });
      return;
    }
  }
}

// Reads every member as if it were a field of each type; no value may be out of its type's range or upset the
// reader.
void read_fields(Value root) {
  FieldErrors errors;
  const Path path;
  Fields fields(root, path, errors);
  if (root.kind() == Kind::object) {
    root.each([&](Value member) {
      fields.u16(member.key());
      fields.wide(member.key());
      fields.amount(member.key());
      fields.flags(member.key(), transfer_flag_names, not_of_transfers);
      fields.text(member.key(), 1, 100);
      fields.array(member.key(), 1, 8189);
    });
  }
  fields.finish();
  for (const FieldError& error : errors.list()) FLORIN_ASSERT(error.at.empty() || error.at.front() == '/');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Writer writer;
  const std::string quoted = writer.string(text).take();
  const auto again = Document::parse(quoted);  // whatever the bytes, what is written can be read
  FLORIN_ASSERT(again && (utf8_prefix(text) != size || text.find('\0') != std::string_view::npos ||
                          again->root().text() == text));

  const auto document = Document::parse(text);
  if (!document) {
    FLORIN_ASSERT(document.error().offset <= size && !document.error().code.empty() &&
                  !document.error().detail.empty());
    return 0;
  }
  FLORIN_ASSERT(utf8_prefix(text) == size && text.find('\0') == std::string_view::npos);
  compare(document->root(), nlohmann::json::parse(text));
  read_fields(document->root());
  return 0;
}
