#include "tests/engine/ledger/case_file.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace florin::ledger::test {
namespace {

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

class Reader {
 public:
  Reader(std::filesystem::path path, CaseTables& out)
      : path_(std::move(path)), name_(path_.string()), out_(out) {}

  void read() {
    std::ifstream in(path_);
    for (std::string line; std::getline(in, line);) {
      ++number_;
      std::string_view text = line;
      text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
      if (!text.empty() && text.front() != '#') take_line(text);
    }
    end_case();
  }

 private:
  Place here() const { return {name_, number_}; }
  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument(name_ + ":" + std::to_string(number_) + ": " + what);
  }

  void take_line(std::string_view text) {
    if (text == "background") return start_background();
    if (take(text, "case ")) return start_case(text);
    if (take(text, "no account is told ")) return add_impossible(true, text);
    if (take(text, "no transfer is told ")) return add_impossible(false, text);
    if (take(text, "but ")) return start_change(text, true);
    if (take(text, "or ")) return start_change(text, false);
    if (take(text, "given ")) return add(Step::given, text);
    if (take(text, "when ")) return add(Step::when, text);
    if (take(text, "then ")) return add(Step::then, text);
    if (take(text, "and ")) return add(step_, text);
    fail(
        "a line starts with background, case, given, when, then, and, but, or, no account, no transfer or #");
  }

  void start_background() {
    end_case();
    background_.clear();
    in_background_ = true;
    step_ = Step::given;
  }

  void start_case(std::string_view title) {
    end_case();
    in_case_ = true;
    case_ = {here(), std::string(title), background_, Case::none, false};
    step_ = Step::given;
  }

  void add(Step step, std::string_view text) {
    if (!in_case_ && !(in_background_ && step == Step::given)) fail("only 'given' stands outside of a case");
    if (in_case_ && case_.changes != Case::none && step != Step::then)
      fail("only 'then' follows 'but' and 'or'");
    step_ = step;
    (in_case_ ? case_.lines : background_).push_back({here(), step, std::string(text)});
  }

  // A change plays the case again up to its last "when", with more words at the end of that line.
  void start_change(std::string_view words, bool mends) {
    if (!in_case_) fail("there is no case to change here");
    Case changed = case_.changes == Case::none ? case_ : out_.cases[case_.changes];
    const std::size_t origin = case_.changes == Case::none ? out_.cases.size() : case_.changes;
    end_case();
    while (!changed.lines.empty() && changed.lines.back().step == Step::then) changed.lines.pop_back();
    if (changed.lines.empty() || changed.lines.back().step != Step::when)
      fail("'but' and 'or' follow a 'then'");
    changed.lines.back().text += ", " + std::string(words);
    changed.at = here();
    changed.changes = origin;
    changed.mends = mends;
    case_ = std::move(changed);
    in_case_ = true;
  }

  void end_case() {
    if (in_case_ && (case_.lines.empty() || case_.lines.back().step != Step::then))
      fail("the case before this line does not end with a 'then'");
    if (in_case_) out_.cases.push_back(std::move(case_));
    in_case_ = in_background_ = false;
  }

  // FIRST before SECOND: REASON
  void add_impossible(bool of_accounts, std::string_view text) {
    end_case();
    const std::size_t before = text.find(" before ");
    const std::size_t colon = text.find(": ");
    if (before == text.npos || colon == text.npos || colon < before || colon + 2 == text.size())
      fail("it should read: no transfer is told STATUS before STATUS: REASON");
    const std::size_t second = before + std::string_view(" before ").size();
    out_.impossible.push_back({here(), of_accounts, std::string(text.substr(0, before)),
                               std::string(text.substr(second, colon - second))});
  }

  std::filesystem::path path_;
  std::string name_;
  CaseTables& out_;
  int number_ = 0;
  std::vector<Line> background_;
  bool in_background_ = false;
  bool in_case_ = false;
  Case case_;
  Step step_ = Step::given;
};

}  // namespace

CaseTables read_tables(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  CaseTables tables;
  for (const auto& file : files) Reader(file, tables).read();
  return tables;
}

}  // namespace florin::ledger::test
