#include "deploy/florin/missing_keys.hpp"

#include <set>

#include "deploy/florin/data_folder.hpp"
#include "engine/clock/system_clock.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

using KeyName = std::pair<KeyPurpose, KeyId>;

Result<void> add_data_keys(const Settings& settings, std::set<KeyName>& keys) {
  std::error_code error;
  if (!fs::exists(settings.journal_path, error)) return {};
  const SystemClock clock;
  SegmentJournalOptions options;
  options.segment_bytes = settings.segment_mib << 20;
  FLORIN_TRY_ASSIGN(const auto journal,
                    SegmentJournal::open(settings.journal_path, embedded_partition, clock, options));
  return each_record(*journal, [&](const JournalRecord& record) -> Result<void> {
    const ByteView sealed(record.sealed);
    FLORIN_TRY_ASSIGN(const auto header,
                      decode_record_header(sealed.first(std::min(sealed.size(), record_header_bytes))));
    keys.insert({KeyPurpose::data, header.key});
    return {};
  });
}

// What is no file of a store is passed over.
void add_storage_keys(const fs::path& folder, std::set<KeyName>& keys) {
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;
    if (!it->is_regular_file(gone)) continue;
    if (const auto key = storage_key_of(it->path())) keys.insert({KeyPurpose::storage, *key});
  }
}

}  // namespace

Result<std::string> missing_keys(const Settings& settings, const Keyring& keyring) {
  std::set<KeyName> needed;
  FLORIN_TRY(add_data_keys(settings, needed));
  add_storage_keys(settings.data / "engine", needed);
  add_storage_keys(settings.data / "views", needed);
  std::string missing;
  for (const auto& [purpose, id] : needed) {
    if (keyring.key(purpose, id)) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(name(purpose)) + " " + to_string(id);
  }
  return missing;
}

}  // namespace florin
