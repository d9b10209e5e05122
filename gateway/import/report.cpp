#include "gateway/import/report.hpp"

#include <cerrno>
#include <cstring>

#include "gateway/json/writer.hpp"

namespace florin::importing {
namespace {

std::string place_of(const Source& source) {
  return source.line == 0 ? source.file : source.file + ":" + std::to_string(source.line);
}

std::string json_of(const RefusedLine& line) {
  gateway::json::Writer out;
  out.begin_object()
      .string("file", line.source.file)
      .number("line", line.source.line)
      .string("kind", line.kind)
      .string("id", line.id)
      .string("status", line.status)
      .string("detail", line.detail)
      .end_object();
  return out.take();
}

// One line of a screen: the file has the others of a detail.
std::string text_of(const RefusedLine& line) {
  std::string text = place_of(line.source) + ": " + line.kind;
  if (!line.id.empty()) text += " " + line.id;
  text += ": " + line.status;
  if (!line.detail.empty()) text += ": " + line.detail.substr(0, line.detail.find('\n'));
  return text;
}

}  // namespace

Result<Report> Report::open(const std::string& path) {
  Report report;
  report.path_ = path;
  if (path.empty()) return report;
  report.file_.reset(std::fopen(path.c_str(), "we"));
  if (report.file_) return report;
  const int number = errno;
  return fail(Errc::io, path + " cannot be written: " + std::strerror(number));
}

Counts& Report::counts(const std::string& kind) {
  for (auto& [name, counts] : kinds_)
    if (name == kind) return counts;
  return kinds_.emplace_back(kind, Counts{}).second;
}

void Report::refuse(const RefusedLine& line) {
  ++counts(line.kind).refused;
  if (shown_.size() < refused_shown_max) shown_.push_back(text_of(line));
  if (file_) std::fprintf(file_.get(), "%s\n", json_of(line).c_str());
}

std::uint64_t Report::refused() const {
  std::uint64_t sum = 0;
  for (const auto& [kind, counts] : kinds_) sum += counts.refused;
  return sum;
}

void Report::note(std::string sentence) { notes_ += std::move(sentence) + '\n'; }

Result<void> Report::close(bool dry_run) {
  if (!file_) return {};
  gateway::json::Writer out;
  out.begin_object().key("summary").begin_object().key("dry_run").boolean(dry_run);
  for (const auto& [kind, counts] : kinds_)
    out.key(kind)
        .begin_object()
        .number("created", counts.created)
        .number("existed", counts.existed)
        .number("refused", counts.refused)
        .number("not_previewed", counts.unseen)
        .end_object();
  out.end_object().end_object();
  const bool written = std::fprintf(file_.get(), "%s\n", out.take().c_str()) > 0;
  const bool whole = std::ferror(file_.get()) == 0 && std::fclose(file_.release()) == 0;
  if (written && whole) return {};
  return fail(Errc::io, path_ + " could not be written whole");
}

std::string Report::text(bool dry_run) const {
  std::string text;
  for (const auto& [kind, counts] : kinds_) {
    text += kind + ": " + std::to_string(counts.created) + (dry_run ? " would be created, " : " created, ") +
            std::to_string(counts.existed) + " existed, " + std::to_string(counts.refused) + " refused";
    if (counts.unseen > 0) text += ", " + std::to_string(counts.unseen) + " not previewed";
    text += '\n';
  }
  text += notes_;
  for (const std::string& line : shown_) text += "refused: " + line + '\n';
  if (refused() > shown_.size())
    text +=
        "refused: and " + std::to_string(refused() - shown_.size()) + " more; --report FILE has them all\n";
  return text;
}

}  // namespace florin::importing
