// Reads the case tables (cases/README.md) and tells what they say, line by line, without judging it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace florin::ledger::test {

struct Place {
  std::string file;
  int line = 0;
};

enum class Step { given, when, then };

struct Line {
  Place at;
  Step step;
  std::string text;  // behind the first word
};

// A case to be played in a world of its own. For a "but" or an "or", `lines` are those of the case that it
// changes, with the change at the end of the last item, and `changes` tells which case that is.
struct Case {
  static constexpr std::size_t none = ~std::size_t{0};
  Place at;
  std::string title;
  std::vector<Line> lines;  // the background's first
  std::size_t changes = none;
  bool mends =
      false;  // a "but": the change takes a fault away, so the two answers are in order of precedence
};

// Why no item can show that `first` is told before `second`.
struct Impossible {
  Place at;
  bool of_accounts = false;
  std::string first, second;
};

struct CaseTables {
  std::vector<Case> cases;
  std::vector<Impossible> impossible;
};

// All *.txt of a folder, in order of their names. Throws std::invalid_argument, with the place, for a line
// that has no meaning.
CaseTables read_tables(const std::filesystem::path& folder);

}  // namespace florin::ledger::test
