#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

#include "gateway/import/import.hpp"

namespace florin::importing {
namespace {

constexpr std::size_t piece_bytes = 64u << 10;

// Gives the file piece by piece.
template <class Take>
Result<void> read_pieces(const std::string& path, Take take) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::not_found, path + " cannot be read");
  std::string piece(piece_bytes, '\0');
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0)
    FLORIN_TRY(take(std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount()))));
  if (file.bad()) return fail(Errc::io, path + " could not be read to its end");
  return {};
}

// What stands behind the last end of line is a line too.
Result<std::uint64_t> count_lines(const std::string& path) {
  std::uint64_t lines = 0;
  bool open = false;
  FLORIN_TRY(read_pieces(path, [&](std::string_view piece) -> Result<void> {
    lines += static_cast<std::uint64_t>(std::count(piece.begin(), piece.end(), '\n'));
    open = piece.back() != '\n';
    return {};
  }));
  return lines + (open ? 1 : 0);
}

// Rows on their way from the file to the server, chain by chain: of a chain with a line that cannot be read,
// nothing is sent.
class Rows {
 public:
  Rows(const Imports& imports, Sender* sender, Report& report, Progress& progress)
      : imports_(imports), sender_(sender), report_(report), progress_(progress) {}

  Result<void> take(CsvRow&& row) {
    const std::uint64_t lines = row.line - std::exchange(line_, row.line);
    if (!header_) {
      progress_.advance(lines);
      return take_header(row);
    }
    ReadRow read = header_->read(row);
    read.item.weight = lines;
    if (read.refused) refuse(*read.refused, read.item.weight);
    const bool goes_on = read.linked.value_or(in_chain_);
    broken_ = broken_ || read.refused;
    if (!read.refused) chain_.push_back(std::move(read.item));
    in_chain_ = goes_on;
    if (chain_.size() > batch_items_max)
      return fail(Errc::format, imports_.file + ":" + std::to_string(row.line) +
                                    ": the chain of linked transfers that ends here is longer than a batch");
    return goes_on ? Result<void>() : end_chain();
  }

  Result<void> finish() {
    if (!header_) return fail(Errc::format, imports_.file + " is empty; its first line must name the fields");
    FLORIN_TRY(end_chain());
    if (sender_ != nullptr) FLORIN_TRY(sender_->finish());
    progress_.complete();
    return {};
  }

 private:
  Result<void> take_header(const CsvRow& row) {
    if (!row.wrong.empty())
      return fail(Errc::format, imports_.file + " has no header: " + std::string(row.wrong));
    FLORIN_TRY_ASSIGN(header_, TransferRows::read_header(imports_.file, row.cells, imports_.columns));
    return {};
  }

  Result<void> end_chain() {
    for (Item& item : chain_) {
      if (broken_) {
        refuse({item.source, transfers_target.kind, item.id, "linked_event_failed",
                "a line of its chain cannot be imported"},
               item.weight);
      } else if (sender_ != nullptr) {
        FLORIN_TRY(sender_->add(std::move(item)));
      } else {
        ++report_.counts(transfers_target.kind).unseen;
        progress_.advance(item.weight);
      }
    }
    chain_.clear();
    broken_ = false;
    return {};
  }

  void refuse(const RefusedLine& line, std::uint64_t weight) {
    report_.refuse(line);
    progress_.advance(weight);
  }

  const Imports& imports_;
  Sender* sender_;
  Report& report_;
  Progress& progress_;
  std::optional<TransferRows> header_;
  std::uint64_t line_ = 0;   // of the last row
  std::vector<Item> chain_;  // the lines that are linked to the next one, and the last one
  bool in_chain_ = false, broken_ = false;
};

}  // namespace

Result<void> import_transfers(const Imports& imports, Api* api, Report& report, Progress& progress) {
  FLORIN_TRY_ASSIGN(const std::uint64_t lines, count_lines(imports.file));
  progress.start("lines", lines);
  std::optional<Sender> sender;
  if (api != nullptr) sender.emplace(*api, report, progress, imports.sending);
  if (sender) sender->begin(transfers_target);
  Rows rows(imports, sender ? &*sender : nullptr, report, progress);
  Result<void> fate;
  CsvReader csv([&](CsvRow&& row) {
    if (fate) fate = rows.take(std::move(row));
  });
  FLORIN_TRY(read_pieces(imports.file, [&](std::string_view piece) {
    csv.feed(piece);
    return fate;
  }));
  csv.finish();
  FLORIN_TRY(fate);
  return rows.finish();
}

}  // namespace florin::importing
