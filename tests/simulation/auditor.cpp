#include "tests/simulation/auditor.hpp"

#include <algorithm>

#include "engine/base/hash.hpp"
#include "engine/ledger/rows.hpp"
#include "engine/processor/processor.hpp"
#include "tests/property/said.hpp"

namespace florin::simulation {
namespace {

template <class Value>
Value need(Result<Value> result, const std::string& place) {
  if (!result) wrong(place + ": " + result.error().message);
  return *std::move(result);
}

template <class Kind>
bool is(const Event& event) {
  return std::holds_alternative<Kind>(event.body);
}

property::Items items_of(const CommandBody& body) {
  if (const auto* accounts = std::get_if<CreateAccounts>(&body)) return accounts->accounts;
  if (const auto* transfers = std::get_if<CreateTransfers>(&body)) return transfers->transfers;
  return std::get<Bulk>(body);
}

bool of_ledger(const CommandBody& body) {
  return std::holds_alternative<CreateAccounts>(body) || std::holds_alternative<CreateTransfers>(body) ||
         std::holds_alternative<Bulk>(body);
}

}  // namespace

Result<void> Auditor::look(const EventSource& source) {
  while (next_ < source.next()) {
    FLORIN_TRY_ASSIGN(const auto batches, source.read(next_, 1U << 20));
    for (const EventBatchPtr& batch : batches) take(*batch);
  }
  return {};
}

void Auditor::take(const EventBatch& batch) {
  const std::string place = "event record " + to_string(batch.header.first);
  if (batch.header.first != next_) wrong(place + " came where " + to_string(next_) + " was expected");
  const std::uint64_t ordinal = batch.header.ordinal.value;
  if (ordinal >= truth_.acknowledged.size()) wrong(place + " answers a record that nobody acknowledged");
  if (batch.header.command_record != blake2b(truth_.acknowledged[ordinal]))
    wrong(place + " answers another record than the one that was acknowledged");
  if (batch.header.part == 0) first_ = batch.header.first;
  events_.insert(events_.end(), batch.events.begin(), batch.events.end());
  seen_[next_] = batch.hash;
  next_ = batch.next();
  if (!batch.header.last) return;
  take_record({ordinal}, truth_.stamps[ordinal], std::exchange(events_, {}), first_);
}

void Auditor::take_record(Ordinal ordinal, Timestamp stamp, const std::vector<Event>& events,
                          Sequence first) {
  const std::string place = "record " + to_string(ordinal);
  const auto record = need(envelope_.open_record(truth_.acknowledged[ordinal.value]), place);
  now_ = {std::max(now_.value, stamp.value)};
  std::size_t at = take_releases(events, place);
  if (skips(record, ordinal)) {
    take_times(std::span(events).subspan(at), place);
    if (events.size() != at + 1 || !is<RecordSkipped>(events[at])) wrong(place + " should be skipped");
    return;
  }
  for (std::uint32_t i = 0; i < record.commands.size(); ++i) {
    const std::size_t begin = at;
    while (at < events.size() && events[at].command == i) ++at;
    const auto own = std::span(events).subspan(begin, at - begin);
    if (own.empty()) wrong(place + ": a command has no events");
    take_command(record.commands[i], own, Sequence{first.value + begin},
                 place + ", command " + std::to_string(i));
  }
  if (at != events.size()) wrong(place + " has more events than commands account for");
}

// Of events that take a moment of engine time each.
void Auditor::take_times(std::span<const Event> events, const std::string& place) {
  for (const Event& event : events)
    if (event.time.value != now_.value++) wrong(place + ": an event has another time");
}

std::size_t Auditor::take_releases(const std::vector<Event>& events, const std::string& place) {
  const property::Expected expected =
      oracle_.next({now_.value, 4096, BookId{1}, false, std::vector<Account>{}});
  for (std::size_t i = 0; i < expected.released.size(); ++i) {
    const property::Release& release = expected.released[i];
    const auto* expired = i < events.size() ? std::get_if<TransferExpired>(&events[i].body) : nullptr;
    if (expired == nullptr || expired->id.value != release.due.id || events[i].book != release.book)
      wrong(place + ": another hold is released than the model says");
    chance_.met(Fault::hold_expired);
  }
  const std::size_t count = expected.released.size();
  if (count < events.size() && is<TransferExpired>(events[count]))
    wrong(place + ": a hold is released that the model keeps");
  take_times(std::span(events).first(count), place);
  return count;
}

// Whether the record is an exact duplicate of its appender's last one, or of an older epoch.
bool Auditor::skips(const OpenedRecord& record, Ordinal ordinal) {
  const bool opens = ordinal.value == 0 || std::holds_alternative<OpenAppender>(record.commands.front().body);
  Chain& chain = chains_[record.header.appender];
  if (!opens && record.header.epoch < chain.epoch) return true;
  if (record.hash == chain.hash) return true;
  chain = {opens ? ordinal : record.header.epoch, record.header.counter, record.hash};
  return false;
}

void Auditor::take_command(const Command& command, std::span<const Event> events, Sequence first,
                           const std::string& place) {
  const CommandHeader& header = command.header;
  if (std::holds_alternative<Tick>(command.body)) chance_.met(Fault::tick);
  if (header.principal.kind == PrincipalKind::system) return take_times(events, place);
  if (const auto expected = as_whole(command)) {
    take_times(events, place);
    if (events.size() != 1 || events.front().body != *expected)
      wrong(place + " is answered " + std::string(name(events.front().body)) + " instead of " +
            std::string(name(*expected)));
    return;
  }
  if (of_ledger(command.body)) take_items(command, events, place);
  else take_times(events, place);
  if (is<CommandRefused>(events.front())) wrong(place + " is refused");
  for (const KeyedCall& call : header.keyed)
    uses_[{header.book, call.id}] = {call.fingerprint, first, static_cast<std::uint32_t>(events.size())};
}

// What comes of a command before its items are looked at.
std::optional<EventBody> Auditor::as_whole(const Command& command) const {
  const CommandHeader& header = command.header;
  for (const KeyedCall& call : header.keyed) {
    const auto use = uses_.find({header.book, call.id});
    if (use == uses_.end()) continue;
    if (use->second.fingerprint == call.fingerprint)
      return CommandRepeated{use->second.first, use->second.count};
    chance_.met(Fault::key_used_again);
    return CommandRefused{Rejection::idempotency_key_reused, 0};
  }
  if (header.not_after.value == 0 || now_ <= header.not_after) return std::nullopt;
  chance_.met(Fault::not_after_passed);
  return CommandRefused{Rejection::not_after_passed, 0};
}

void Auditor::take_items(const Command& command, std::span<const Event> events, const std::string& place) {
  const CommandHeader& header = command.header;
  const property::Expected expected =
      oracle_.next({now_.value, 0, header.book, header.dry_run, items_of(command.body)});
  now_ = {oracle_.now()};
  if (expected.answers.size() != events.size())
    wrong(place + " has " + std::to_string(events.size()) + " events, and the model " +
          std::to_string(expected.answers.size()) + " answers; the first is " +
          std::string(name(events.front().body)));
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto body = property::body_of(events[i], header.dry_run);
    if (!body) wrong(place + ": a dry run and its events do not belong together");
    const property::Answer actual =
        property::read({events[i].time, events[i].book, events[i].command, *body});
    chance_.tell(property::about(*body).kind, actual.status);
    if (actual != expected.answers[i])
      wrong(place + ", answer " + std::to_string(i) + " is " + actual.status + ", and the model's is " +
            expected.answers[i].status +
            (actual.status == expected.answers[i].status ? " of another kind" : ""));
  }
}

void Auditor::compare_accounts(const StoreReader& engine) const {
  for (const auto& [book, model] : oracle_.models())
    for (const auto& [id, created] : model.accounts()) {
      const InBook<AccountId> key{book, {id}};
      const std::string place = "account " + to_string(id) + " of book " + to_string(book);
      const auto row = need(engine.get(processor::state_key(ledger::account_key(key))), place);
      if (!row) wrong(place + " is missing");
      const auto account = ledger::decode_account(key, *row);
      if (!account || static_cast<const Account&>(*account) != *model.account(id))
        wrong(place + " is another than the model's");
    }
}

// Whoever was answered finds the same events in the log.
void Auditor::compare_told(const std::vector<Told>& told, const EventSource& source) const {
  std::vector<Bytes> events;
  for (Sequence next{1}; next < source.next();) {
    const auto batches = need(source.read(next, 1U << 20), "in the end");
    for (const EventBatchPtr& batch : batches) {
      if (seen_.at(batch->header.first) != batch->hash)
        wrong("event record " + to_string(batch->header.first) + " is not what was published");
      for (const Event& event : batch->events) encode_event(event, events.emplace_back());
      next = batch->next();
    }
  }
  for (const Told& each : told) {
    Bytes all;
    for (std::uint64_t i = each.first.value; i <= each.last.value; ++i) {
      if (i > events.size()) wrong("an acknowledged event is lost: " + std::to_string(i));
      all.insert(all.end(), events[i - 1].begin(), events[i - 1].end());
    }
    if (all != each.events)
      wrong("the events " + to_string(each.first) + " to " + to_string(each.last) +
            " are others than those that a caller was told");
  }
}

}  // namespace florin::simulation
