// The body of a batch call, and its answer: a result for each item, in their order.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "gateway/import/http.hpp"
#include "gateway/import/items.hpp"

namespace florin::importing {

inline constexpr std::size_t batch_bytes_max = 1u
                                               << 20;  // of JSON; the server takes more, a command does not

struct BatchResults {
  std::vector<nlohmann::json> results;
  std::string position;  // behind the call
};

std::string body_of(const Target& target, std::span<const Item> batch, bool dry_run);

// Errors: those of refused_call() when the answer is not 200, format when it has not `count` results.
Result<BatchResults> read_results(const HttpAnswer& answer, const Target& target, std::size_t count);

std::string text_of(const nlohmann::json& object, const char* member);  // empty when it has no such text
inline std::string status_of(const nlohmann::json& result) { return text_of(result, "status"); }

}  // namespace florin::importing
