// Failures of the world, as codes. A refusal of a command is not here (see schemas/rejections.hpp), and a bug
// is an assertion (see assert.hpp).
#pragma once

#include <string_view>

namespace florin {

enum class Errc {
  io,              // the operating system refused a read or a write; the text names the file and the reason
  disk_full,       // no space is left for what had to be stored; nothing was accepted
  corrupt,         // stored bytes fail their checksum, chain or seal; the text names the position
  format,          // bytes do not follow their grammar, or follow a version that this program does not know
  not_found,       // the named thing does not exist
  already_exists,  // the named thing exists and must not
  key_missing,     // no key with that id is in the keyring; the text names the id
  key_refused,     // a key does not open what it should: wrong key-encryption key, or bytes that were changed
  permission,      // a file's owner or mode is not what safety needs
  invalid_argument,  // a setting or an argument is wrong; the text names it and what is allowed
  overloaded,        // a bounded queue is full; nothing was accepted, try again later
  deadline,          // the deadline passed; what was asked may still happen
  stopped,           // the component is shutting down or has failed before; nothing was accepted
  too_broad,         // a query would look at more rows than it may; the text says what narrows it
  ruleset_unknown,   // the journal activates a ruleset that this program does not know
};

std::string_view name(Errc code);

}  // namespace florin
