#include "engine/keyring/keyring_json.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "engine/base/hex.hpp"

namespace florin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t keyring_format = 0;

const std::string* text_in(const Json& object, const char* name) {
  auto it = object.find(name);
  return it == object.end() ? nullptr : it->get_ptr<const std::string*>();
}

const std::uint64_t* number_in(const Json& object, const char* name) {
  auto it = object.find(name);
  return it == object.end() ? nullptr : it->get_ptr<const std::uint64_t*>();
}

std::optional<WrappedKey> parse_key(const Json& object) {
  if (!object.is_object()) return std::nullopt;
  const std::string* purpose_name = text_in(object, "purpose");
  const std::string* wrapped_text = text_in(object, "wrapped");
  const std::uint64_t* id = number_in(object, "id");
  const std::uint64_t* created = number_in(object, "created");
  const std::uint64_t* kek = number_in(object, "kek");
  if (!kek && object.contains("kek")) return std::nullopt;
  if (!purpose_name || !wrapped_text || !id || !created) return std::nullopt;
  const auto purpose = parse_key_purpose(*purpose_name);
  auto wrapped = from_base64(*wrapped_text);
  const auto counts = [](std::uint64_t number) {
    return number != 0 && number <= std::numeric_limits<std::uint32_t>::max();
  };
  if (!purpose || !wrapped || !counts(*id) || (kek && !counts(*kek))) return std::nullopt;
  return WrappedKey{{*purpose, {static_cast<std::uint32_t>(*id)}, {*created}},
                    std::move(*wrapped),
                    kek ? static_cast<std::uint32_t>(*kek) : 1};
}

Json to_json(const WrappedKey& key) {
  return {{"purpose", name(key.info.purpose)},
          {"id", key.info.id.value},
          {"created", key.info.created.value},
          {"kek", key.kek},
          {"wrapped", to_base64(key.wrapped)}};
}

Result<void> check_format(const Json& document) {
  if (!document.is_object()) return fail(Errc::format, "it is no JSON object");
  const std::uint64_t* format = number_in(document, "format");
  if (!format || *format != keyring_format)
    return fail(Errc::format, "its \"format\" is not " + std::to_string(keyring_format));
  return {};
}

}  // namespace

std::string format_keyring(const std::vector<WrappedKey>& keys) {
  Json list = Json::array();
  for (const WrappedKey& key : keys) list.push_back(to_json(key));
  return Json{{"format", keyring_format}, {"keys", std::move(list)}}.dump(2) + "\n";
}

Result<std::vector<WrappedKey>> parse_keyring(std::string_view text) {
  const Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  FLORIN_TRY(check_format(document));
  auto list = document.find("keys");
  if (list == document.end() || !list->is_array()) return fail(Errc::format, "it has no list of \"keys\"");
  std::vector<WrappedKey> keys;
  for (const Json& object : *list) {
    auto key = parse_key(object);
    if (!key)
      return fail(Errc::format,
                  "entry " + std::to_string(keys.size()) +
                      " of \"keys\" does not have a purpose, id, created, kek and wrapped as it should");
    keys.push_back(std::move(*key));
  }
  return keys;
}

std::string format_key_record(const KeyRecord& record) {
  Json document{{"format", keyring_format}};
  document.update(to_json(record.key));
  if (record.first) document["first"] = *record.first;
  return document.dump();
}

Result<KeyRecord> parse_key_record(std::string_view text) {
  const Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  FLORIN_TRY(check_format(document));
  auto key = parse_key(document);
  const std::uint64_t* first = number_in(document, "first");
  if (!key || (!first && document.contains("first")))
    return fail(Errc::format, "it does not have a purpose, id, created, kek, wrapped and first as it should");
  return KeyRecord{*std::move(key), first ? std::optional(*first) : std::nullopt};
}

}  // namespace florin
