#include "projections/generations.hpp"

#include <fcntl.h>

#include <charconv>
#include <fstream>

#include "engine/journal/posix_file.hpp"

namespace florin::projections {

namespace fs = std::filesystem;

namespace {

constexpr const char* marker_name = "CURRENT";

tl::unexpected<Error> io_error(const char* what, const fs::path& path, const std::string& reason) {
  return fail(Errc::io, std::string(what) + " " + path.string() + ": " + reason);
}

std::optional<std::uint64_t> read_marker(const fs::path& path) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc{} || end != line.data() + line.size() || number == 0) return std::nullopt;
  return number;
}

}  // namespace

Result<Generations> Generations::open(fs::path folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return io_error("cannot make the folder", folder, error.message());
  Generations generations(std::move(folder));
  generations.current_ = read_marker(generations.folder_ / marker_name);
  generations.last_ = generations.current_.value_or(0);
  FLORIN_TRY(generations.remove_leftovers());
  return generations;
}

Result<void> Generations::remove_leftovers() const {
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    const fs::path name = it->path().filename();
    if (name == marker_name || (current_ && name == std::to_string(*current_))) continue;
    fs::remove_all(it->path(), error);
    if (error) return io_error("cannot remove the leftover", it->path(), error.message());
  }
  if (error) return io_error("cannot list the folder", folder_, error.message());
  return {};
}

Result<void> Generations::make_current(std::uint64_t generation) {
  const fs::path draft = folder_ / "CURRENT.new";
  FLORIN_TRY_ASSIGN(PosixFile file, PosixFile::open(draft, O_WRONLY | O_CREAT | O_TRUNC));
  FLORIN_TRY(file.write(as_bytes(std::to_string(generation) + "\n"), 0));
  FLORIN_TRY(file.sync());
  FLORIN_TRY(rename_file(draft, folder_ / marker_name));
  FLORIN_TRY(sync_folder(folder_));
  current_ = generation;
  return {};
}

Result<void> Generations::remove(std::uint64_t generation) const {
  std::error_code error;
  fs::remove_all(path(generation), error);
  if (error) return io_error("cannot remove the folder", path(generation), error.message());
  return {};
}

}  // namespace florin::projections
