// Which records may stand where: the checks of Machine::check(), before anything is decided.
#include <algorithm>

#include "engine/processor/machine.hpp"

namespace florin::processor {
namespace {

std::string at(Ordinal ordinal) { return "journal record " + to_string(ordinal); }

bool is_system(const CommandBody& body) {
  switch (kind(body)) {
    case CommandKind::genesis:
    case CommandKind::open_appender:
    case CommandKind::activate_key:
    case CommandKind::tick:
    case CommandKind::activate_ruleset: return true;
    default: return false;
  }
}

// A dry run is of items: of what the operator does there is none.
bool has_dry_run(const CommandBody& body) {
  switch (kind(body)) {
    case CommandKind::create_accounts:
    case CommandKind::create_transfers:
    case CommandKind::bulk: return true;
    default: return false;
  }
}

bool opens_epoch(const OpenedRecord& record, Ordinal ordinal) {
  return ordinal.value == 0 || kind(record.commands.front().body) == CommandKind::open_appender;
}

}  // namespace

Result<void> Machine::check(const OpenedRecord& record, Ordinal ordinal) const {
  FLORIN_TRY(check_place(ordinal));
  if (record.header.partition != id_)
    return fail(Errc::corrupt, at(ordinal) + " belongs to partition " + to_string(record.header.partition));
  const Result<Admission> admission = admit(record, ordinal);
  if (admission && *admission == Admission::duplicate) return {};  // the genesis, too, may be appended twice
  FLORIN_TRY(check_commands(record, ordinal));
  FLORIN_TRY(admission);
  return {};
}

Result<void> Machine::check_place(Ordinal ordinal) const {
  if (ordinal == partition_.next_ordinal) return {};
  return fail(Errc::corrupt,
              at(ordinal) + " came where record " + to_string(partition_.next_ordinal) + " was expected");
}

// Form, not rules: what must hold for any record that a correct appender has written.
Result<void> Machine::check_commands(const OpenedRecord& record, Ordinal ordinal) const {
  for (const Command& command : record.commands) {
    const bool genesis = kind(command.body) == CommandKind::genesis;
    if (genesis != (ordinal.value == 0))
      return fail(Errc::corrupt,
                  at(ordinal) + (genesis ? " is a second genesis" : " stands where the genesis must"));
    const bool by_system = command.header.principal.kind == PrincipalKind::system;
    if (by_system != is_system(command.body))
      return fail(Errc::corrupt, at(ordinal) + " holds a command that its principal cannot give");
    if (command.header.dry_run && !has_dry_run(command.body))
      return fail(Errc::corrupt, at(ordinal) + " asks for a dry run of a command that has none");
    FLORIN_TRY(check_ruleset(command.body, ordinal));
  }
  return {};
}

Result<void> Machine::check_ruleset(const CommandBody& body, Ordinal ordinal) const {
  std::uint32_t number = 0;
  if (const auto* genesis = std::get_if<Genesis>(&body)) number = genesis->ruleset;
  else if (const auto* activate = std::get_if<ActivateRuleset>(&body)) number = activate->ruleset;
  else return {};
  if (ruleset(number) != nullptr) return {};
  return fail(Errc::ruleset_unknown,
              at(ordinal) + " activates ruleset " + std::to_string(number) +
                  ", which this program does not know (it knows " + std::to_string(known_.front().number) +
                  " to " + std::to_string(known_.back().number) +
                  "); start a newer release: what stands before the record is decided, and nothing is lost");
}

const Ruleset* Machine::ruleset(std::uint32_t number) const {
  const auto found = std::find_if(known_.begin(), known_.end(),
                                  [number](const Ruleset& rules) { return rules.number == number; });
  return found == known_.end() ? nullptr : &*found;
}

// The chain of each appender: an exact duplicate is skipped, an older epoch is fenced, anything else that
// does not follow the record before it stops the engine.
Result<Machine::Admission> Machine::admit(const OpenedRecord& record, Ordinal ordinal) const {
  const RecordHeader& header = record.header;
  if (!opens_epoch(record, ordinal)) return admit_in_chain(header, record.hash, ordinal);
  // The epoch that it opened the first time is the one that its appender goes on in.
  const auto known = partition_.appenders.find(header.appender);
  if (known != partition_.appenders.end() && known->second.hash == record.hash) return Admission::duplicate;
  const bool first = header.epoch.value == 0 && header.counter == 0 && header.previous == Hash256{};
  if (!first || record.commands.size() != 1)
    return fail(Errc::corrupt, at(ordinal) + " opens an epoch and does not look like it");
  if (partition_.appenders.size() >= appenders_max && !partition_.appenders.contains(header.appender))
    return fail(Errc::corrupt, at(ordinal) + " is by one appender more than a partition may have");
  return Admission::opens_epoch;
}

Result<Machine::Admission> Machine::admit_in_chain(const RecordHeader& header, const Hash256& hash,
                                                   Ordinal ordinal) const {
  if (opened_in_quarantine(header, ordinal)) return Admission::accepted;
  const auto it = partition_.appenders.find(header.appender);
  if (it == partition_.appenders.end())
    return fail(Errc::corrupt,
                at(ordinal) + " is by appender " + to_string(header.appender) + ", which never opened");
  const Appender& appender = it->second;
  if (header.epoch < appender.epoch) return Admission::fenced;
  if (header.epoch > appender.epoch)
    return fail(Errc::corrupt, at(ordinal) + " is of an epoch that never opened");
  if (header.counter == appender.counter && hash == appender.hash) return Admission::duplicate;
  const bool follows = header.counter == appender.counter + 1 && header.previous == appender.hash;
  if (!follows && !fills_gap(header, appender, ordinal))
    return fail(Errc::corrupt, at(ordinal) + " does not follow the record before it of appender " +
                                   to_string(header.appender) +
                                   ": a record is lost, doubled or out of order");
  return Admission::accepted;
}

// The records that the appender's chain lacks here may be those that were passed over since its last one.
bool Machine::fills_gap(const RecordHeader& header, const Appender& appender, Ordinal ordinal) const {
  if (header.counter <= appender.counter + 1) return false;
  const auto passed_over =
      std::count_if(partition_.quarantined.begin(), partition_.quarantined.end(),
                    [&](Ordinal skipped) { return skipped > appender.last && skipped < ordinal; });
  return header.counter - appender.counter - 1 <= static_cast<std::uint64_t>(passed_over);
}

// The record that opened the epoch was itself passed over, and perhaps more of it.
bool Machine::opened_in_quarantine(const RecordHeader& header, Ordinal ordinal) const {
  const auto it = partition_.appenders.find(header.appender);
  if (it != partition_.appenders.end() && header.epoch <= it->second.epoch) return false;
  const auto& quarantined = partition_.quarantined;
  if (std::find(quarantined.begin(), quarantined.end(), header.epoch) == quarantined.end()) return false;
  const Appender opened{.epoch = header.epoch, .last = header.epoch};
  return header.counter == 1 || fills_gap(header, opened, ordinal);
}

}  // namespace florin::processor
