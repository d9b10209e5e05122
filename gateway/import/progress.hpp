// How far an import is: a bar that is drawn over itself on a terminal, a line now and then elsewhere.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace florin::importing {

class Progress {
 public:
  Progress(std::FILE* out, bool terminal) : out_(out), terminal_(terminal) {}
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void start(const std::string& what, std::uint64_t total);  // ends what was before
  void advance(std::uint64_t by);
  void complete();  // what was left held nothing to be done, such as empty lines
  void finish();

 private:
  void draw();

  std::FILE* out_;
  bool terminal_;
  std::string what_;
  std::uint64_t total_ = 0, done_ = 0;
  std::uint64_t drawn_percent_ = 0;
  bool open_ = false;  // a bar stands on the line
};

}  // namespace florin::importing
