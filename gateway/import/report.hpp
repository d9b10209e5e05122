// What came of an import: counts by kind, and every line that was refused, as it comes.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "gateway/import/journal.hpp"

namespace florin::importing {

inline constexpr std::size_t refused_shown_max = 50;  // on the screen; the report file has all

struct Counts {
  std::uint64_t created = 0;  // or, in a dry run, what would be
  std::uint64_t existed = 0;
  std::uint64_t refused = 0;
  std::uint64_t unseen = 0;  // in a dry run: what depends on things that only a real one creates
};

class Report {
 public:
  // `path` of a file for the refused lines, one JSON object a line; empty for none. Errc::io when it cannot
  // be written.
  static Result<Report> open(const std::string& path);

  Counts& counts(const std::string& kind);  // kinds show in the order in which they were first asked for
  void refuse(const RefusedLine& line);     // counts it too
  std::uint64_t refused() const;
  void note(std::string sentence);  // shown behind the counts

  // Writes the counts behind the refused lines in the file; Errc::io when anything was not written.
  Result<void> close(bool dry_run);
  std::string text(bool dry_run) const;  // for people

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::string path_;
  std::vector<std::pair<std::string, Counts>> kinds_;
  std::vector<std::string> shown_;  // the first refused lines
  std::string notes_;
};

}  // namespace florin::importing
