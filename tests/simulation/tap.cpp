#include "tests/simulation/tap.hpp"

namespace florin::simulation {

Result<Appended> Tap::append(std::span<const Bytes> records) {
  if (options_.late) return append_late(records);
  FLORIN_TRY_ASSIGN(const Appended appended, append_truly(records));
  if (chance_.one_in(options_.doubles)) {
    // Whether the second one arrives is of no matter to the caller.
    chance_.met(Fault::record_doubled, to_string(appended.first));
    [[maybe_unused]] const auto again = append_truly(records.last(1));
  }
  return appended;
}

Result<Appended> Tap::append_truly(std::span<const Bytes> records) {
  auto appended = inner_.append(records);
  if (appended) {
    if (appended->first.value != truth_.acknowledged.size())
      wrong("record " + to_string(appended->first) + " was appended where " +
            std::to_string(truth_.acknowledged.size()) + " comes next");
    truth_.acknowledged.insert(truth_.acknowledged.end(), records.begin(), records.end());
    truth_.stamps.resize(truth_.acknowledged.size(), appended->stamp);
  } else if (appended.error().code == Errc::io) {
    chance_.met(Fault::append_in_doubt, appended.error().message);
    truth_.in_doubt.assign(records.begin(), records.end());
  }
  return appended;
}

Result<Appended> Tap::append_late(std::span<const Bytes> records) {
  if (!held_.empty()) FLORIN_TRY(append_truly(std::exchange(held_, {})));
  held_.assign(records.begin(), records.end());
  held_stamp_ = clock_.now();
  return Appended{inner_.head(), held_stamp_};
}

Result<std::vector<JournalRecord>> Tap::read(Ordinal from, std::size_t bytes_max) const {
  const Ordinal written = inner_.head();
  if (held_.empty() || from < written) return inner_.read(from, bytes_max);
  std::vector<JournalRecord> out;
  for (std::uint64_t i = from.value - written.value; i < held_.size(); ++i)
    out.push_back({{written.value + i}, held_stamp_, held_[i]});
  return out;
}

}  // namespace florin::simulation
