// What the commands of the journal share.
#pragma once

#include "deploy/florin/cli.hpp"
#include "engine/journal/quarantine.hpp"

namespace florin {

// The records that an operator has passed over, where there are keys to tell who that was.
Result<Quarantine> known_quarantine(const Settings& settings);

CliCommand journal_copy_command();  // florin journal copy

}  // namespace florin
