// Reads a .env file: settings for a folder, weaker than the environment and than flags.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace florin {

inline constexpr std::size_t dotenv_bytes_max = 64u << 10;

struct DotenvEntry {
  std::string key;
  std::string value;
  unsigned line = 0;
};

// The grammar, line by line (a line may end in CR LF):
//
//   file    = *( line LF )
//   line    = blanks [ KEY "=" value ] [ comment ]      a comment behind a value needs a blank before it
//   comment = "#" anything
//   KEY     = ( A-Z / a-z / "_" ) *( A-Z / a-z / 0-9 / "_" )
//   value   = *bare / "'" *( any but "'" ) "'" / DQUOTE *( any but DQUOTE and "\" / escape ) DQUOTE
//   escape  = "\" ( "\" / DQUOTE )
//   bare    = visible ASCII but "#", "'", DQUOTE, "\", "$" and "`"
//
// Stricter than a shell on purpose: nothing is expanded, and what a shell would read in another way is an
// error. A bare value is all that most settings need. Errc::invalid_argument names the line; values are never
// part of the message.
Result<std::vector<DotenvEntry>> parse_dotenv(std::string_view text);

}  // namespace florin
