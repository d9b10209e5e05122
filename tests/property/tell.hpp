// A story in the words of the case tables (tests/engine/ledger/cases), with what the model says to each
// command.
#pragma once

#include <string>

#include "tests/property/story.hpp"

namespace florin::property {

std::string tell(const Story& story);

// One item, where the word "now" means that time.
std::string tell(const Account& account, std::uint64_t now);
std::string tell(const Transfer& transfer, std::uint64_t now);
std::string tell(const Transaction& transaction, std::uint64_t now);
std::string tell(const SetMetadata& metadata, std::uint64_t now);
std::string tell(const SetLimits& limits, std::uint64_t now);
std::string tell(const BulkItem& item, std::uint64_t now);

}  // namespace florin::property
