// Which keys a data folder needs and a keyring does not hold: a backup of the keyring from before a rotation
// lacks what was made since.
#pragma once

#include <string>

#include "deploy/florin/settings.hpp"
#include "engine/keyring/keyring.hpp"

namespace florin {

// Reads the whole journal and the heads of all files of the stores, and opens nothing that is sealed. Empty
// when nothing is missing, else "data 2, data 3, storage 2". Errors: those of the journal.
Result<std::string> missing_keys(const Settings& settings, const Keyring& keyring);

}  // namespace florin
