// What the commands of the journal share.
#pragma once

#include "deploy/florin/cli.hpp"
#include "deploy/florin/settings.hpp"
#include "engine/journal/quarantine.hpp"

namespace florin {

// The records that an operator has passed over, where there are keys to tell who that was.
Result<Quarantine> known_quarantine(const Settings& settings);

CliCommand journal_copy_command();  // florin journal copy

struct QuarantineOptions {
  std::uint64_t position = 0;
  std::uint32_t partition = 0;
  std::string reason;
};

// Of every record, that it opens; of each partition as a line of JSON. Errors: those of KafkaPartition::open,
// and why the first record does not open.
Result<std::string> check_on_kafka(const Settings& settings);
// Puts the record into the list in this data folder, which every engine of the partition needs. Errors: those
// of KafkaPartition::open, and invalid_argument (it opens, is not there, or its events are published).
Result<std::string> quarantine_on_kafka(const Settings& settings, const QuarantineOptions& options);

tl::unexpected<Error> decided_already(Ordinal ordinal, const std::string& who);
tl::unexpected<Error> in_quarantine_already(Ordinal ordinal);

}  // namespace florin
