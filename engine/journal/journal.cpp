#include "engine/journal/journal.hpp"

#include "schemas/commands.hpp"

namespace florin {

Result<void> check_group(std::span<const Bytes> sealed_records) {
  if (sealed_records.empty() || sealed_records.size() > append_group_records_max)
    return fail(Errc::invalid_argument, "a group has 1 to " + std::to_string(append_group_records_max) +
                                            " records, not " + std::to_string(sealed_records.size()));
  std::size_t bytes = 0;
  for (const Bytes& sealed : sealed_records) {
    bytes += sealed.size();
    if (sealed.empty() || sealed.size() > record_bytes_max)
      return fail(Errc::invalid_argument, "a sealed record has 1 to " + std::to_string(record_bytes_max) +
                                              " bytes, not " + std::to_string(sealed.size()));
  }
  if (bytes > append_group_bytes_max)
    return fail(Errc::invalid_argument, "a group has up to " + std::to_string(append_group_bytes_max) +
                                            " bytes, not " + std::to_string(bytes));
  return {};
}

Result<void> check_read_from(Ordinal from, Ordinal head) {
  if (from > head)
    return fail(Errc::invalid_argument, "record " + to_string(from) +
                                            " is asked for, but the journal's head is " + to_string(head) +
                                            "; ask from the head or below");
  return {};
}

Result<void> each_record(const Journal& journal,
                         const std::function<Result<void>(const JournalRecord& record)>& visit) {
  constexpr std::size_t read_bytes_max = 8u << 20;
  const Ordinal head = journal.head();
  for (Ordinal next; next < head;) {
    FLORIN_TRY_ASSIGN(const auto records, journal.read(next, read_bytes_max));
    for (const JournalRecord& record : records) FLORIN_TRY(visit(record));
    next.value += records.size();
  }
  return {};
}

}  // namespace florin
