// What the program says of itself as JSON: for the admin socket and the command line.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/base/hex.hpp"
#include "engine/processor/digest.hpp"
#include "projections/read_models.hpp"

namespace florin {

// One partition's object as it is, several as a list.
inline std::string dump_partitions(const nlohmann::ordered_json& all) {
  return all.size() == 1 ? all.front().dump() : nlohmann::ordered_json{{"partitions", all}}.dump();
}

inline nlohmann::ordered_json digest_json(const processor::StateDigest& digest) {
  return {{"sequence", digest.next_sequence.value - 1},
          {"ordinal", digest.next_ordinal.value - 1},
          {"rows", digest.rows},
          {"digest", to_hex(digest.hash)}};
}

inline nlohmann::ordered_json view_json(const projections::ViewStatus& view) {
  nlohmann::ordered_json json{{"name", view.name},
                              {"state", name(view.health.state)},
                              {"position", view.health.position.value},
                              {"lag", view.health.lag}};
  if (!view.health.reason.empty()) json["reason"] = view.health.reason;
  if (view.rebuilding) json["rebuilding"] = view.rebuilding->value;
  if (!view.note.empty()) json["note"] = view.note;
  return json;
}

}  // namespace florin
