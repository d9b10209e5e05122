// A journal as the accounting tools understand it: dated transactions of postings. What reads one gives
// this, and what maps one onto Florin takes it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/import/decimal.hpp"

namespace florin::importing {

inline constexpr std::size_t journal_postings_max = 4'000'000;  // of one file; they are held in memory

// A place in the user's file, for the report.
struct Source {
  std::string file;
  std::uint64_t line = 0;
};

struct JournalPosting {
  std::string account;
  std::string commodity;
  Decimal quantity;         // positive = debit
  bool is_virtual = false;  // written ( ) or [ ]: the tool does not balance it against the others
};

struct JournalTransaction {
  Source source;
  std::chrono::sys_days date;
  std::string code;
  std::string description;
  std::vector<JournalPosting> postings;
  std::string wrong;  // why it cannot be imported; empty when it can
};

// What is refused before or after it was sent, for the report.
struct RefusedLine {
  Source source;
  std::string kind;    // ledger, account, transaction, transfer, line or journal
  std::string id;      // of the item; may be empty
  std::string status;  // Florin's, or one of ours for what never was sent
  std::string detail;
};

// By date, and within a day as the file has them.
using Journal = std::vector<JournalTransaction>;

}  // namespace florin::importing
