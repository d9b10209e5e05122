#include "engine/journal/quarantine.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <vector>

#include "engine/base/hex.hpp"
#include "engine/keyring/private_file.hpp"
#include "engine/keyring/signed_note.hpp"

namespace florin {
namespace {

constexpr std::string_view title = "florin quarantine v0";
constexpr std::string_view key_name = "florin.operator";
constexpr std::size_t note_bytes_max = 512u << 10;  // over what quarantined_max records take

tl::unexpected<Error> unreadable(const std::filesystem::path& file, const std::string& what) {
  return fail(Errc::corrupt, "the quarantine list " + file.string() + ": " + what +
                                 "; restore the list that belongs to this journal");
}

bool plain(std::string_view reason) {
  return !reason.empty() && reason.size() <= quarantine_reason_bytes_max &&
         std::all_of(reason.begin(), reason.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view next_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

// ordinal hash decided reason
std::optional<std::pair<Ordinal, Quarantined>> parse_line(std::string_view line) {
  const auto ordinal = number<std::uint64_t>(next_word(line));
  const auto hash = from_hex(next_word(line));
  const auto decided = number<std::uint64_t>(next_word(line));
  if (!ordinal || !hash || hash->size() != Hash256{}.size() || !decided || !plain(line)) return std::nullopt;
  Quarantined entry{.decided = {*decided}, .reason = std::string(line)};
  std::copy(hash->begin(), hash->end(), entry.hash.begin());
  return std::pair{Ordinal{*ordinal}, std::move(entry)};
}

Result<std::vector<SecretKey>> operator_seeds(const Keyring& keyring) {
  std::vector<SecretKey> seeds;
  for (const KeyInfo& info : keyring.list()) {
    if (info.purpose != KeyPurpose::operator_signing) continue;
    FLORIN_TRY_ASSIGN(SecretKey seed, keyring.key(info.purpose, info.id));
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

std::string partition_line(PartitionId partition) { return "partition " + to_string(partition); }

}  // namespace

Result<Quarantine> read_quarantine(const std::filesystem::path& file, PartitionId partition,
                                   const Keyring& keyring) {
  const auto note = read_private_file(file, note_bytes_max);
  if (!note && note.error().code == Errc::not_found) return Quarantine{};
  if (!note) return fail(note.error());
  FLORIN_TRY_ASSIGN(const auto seeds, operator_seeds(keyring));
  const auto text = open_note(*note, key_name, seeds);
  if (!text) return unreadable(file, text.error().message);
  std::istringstream lines(*text);
  std::string line;
  if (!std::getline(lines, line) || line != title) return unreadable(file, "it does not begin like one");
  if (!std::getline(lines, line) || line != partition_line(partition))
    return fail(Errc::invalid_argument, "the quarantine list " + file.string() + " is of " + line +
                                            ", not of " + partition_line(partition));
  Quarantine quarantine;
  while (std::getline(lines, line)) {
    auto entry = parse_line(line);
    if (!entry || quarantine.size() >= quarantined_max || !quarantine.insert(*std::move(entry)).second)
      return unreadable(file, "the line \"" + line + "\" does not follow its grammar");
  }
  return quarantine;
}

Result<void> write_quarantine(const std::filesystem::path& file, PartitionId partition,
                              const Quarantine& quarantine, const Keyring& keyring) {
  if (quarantine.size() > quarantined_max)
    return fail(Errc::invalid_argument, "at most " + std::to_string(quarantined_max) +
                                            " records may be in quarantine; restore the journal");
  std::string text = std::string(title) + "\n" + partition_line(partition) + "\n";
  for (const auto& [ordinal, entry] : quarantine) {
    if (!plain(entry.reason))
      return fail(Errc::invalid_argument, "the reason of a quarantine is 1 to " +
                                              std::to_string(quarantine_reason_bytes_max) +
                                              " printable ASCII characters");
    text += to_string(ordinal) + " " + to_hex(entry.hash) + " " + std::to_string(entry.decided.value) + " " +
            entry.reason + "\n";
  }
  FLORIN_TRY_ASSIGN(const KeyId key, keyring.newest(KeyPurpose::operator_signing));
  FLORIN_TRY_ASSIGN(const SecretKey seed, keyring.key(KeyPurpose::operator_signing, key));
  FLORIN_TRY_ASSIGN(const std::string note, sign_note(text, key_name, seed));
  return write_private_file(file, note);
}

}  // namespace florin
