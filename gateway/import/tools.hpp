// Reads a journal by the accounting tool that knows its format: hledger, ledger or beancount. There is no
// parser of journals here; the tools check and balance, and print rows of CSV (docs/decisions/0008).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "gateway/import/journal.hpp"

namespace florin::importing {

enum class Format : std::uint8_t { hledger, ledger, beancount, csv };

std::optional<Format> parse_format(std::string_view name);
// By the ending of the file's name: .journal .hledger .j, .ledger .dat, .beancount .bean, .csv
std::optional<Format> format_of(std::string_view file);

// Format::csv is no journal. Errors: not_found (no such file, or the tool is not installed), format (the
// tool refuses the file: the text is its own), deadline, overloaded, io.
Result<Journal> read_journal(const std::string& file, Format format);

}  // namespace florin::importing
