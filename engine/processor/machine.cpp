#include "engine/processor/machine.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"
#include "engine/journal/quarantine.hpp"
#include "engine/ledger/reach.hpp"

namespace florin::processor {
std::vector<std::pair<Bytes, Bytes>> Machine::start_ranges() {
  const ledger::KeyRange ledger_rows = ledger::start_rows();
  return {{{row_partition}, {row_partition + 1}},
          {{book::row_books}, {book::row_keys}},  // books, clients, ledgers; keys of idempotency are fetched
          {ledger_rows.first, ledger_rows.last}};
}

Result<void> Machine::load(ByteView key, std::optional<ByteView> value) {
  if (key.empty()) return fail(Errc::format, "a state row has an empty key");
  if (key[0] == row_partition) {
    if (!value) return {};
    FLORIN_TRY_ASSIGN(partition_, decode_partition(*value));
    time_ = ledger::EngineTime(partition_.time);
    if (partition_.ruleset == 0) return {};
    const Ruleset* rules = ruleset(partition_.ruleset);
    if (rules == nullptr)
      return fail(Errc::ruleset_unknown,
                  "the state is of ruleset " + std::to_string(partition_.ruleset) +
                      ", which this program does not know; start the release that wrote it, or a newer one");
    rules_ = *rules;
    return {};
  }
  if (key[0] >= book::row_books && key[0] <= book::row_keys) return book::load(books_, key, value);
  return ledger::load(ledger_, key, value);
}

std::vector<Bytes> Machine::missing(const OpenedRecord& record, Timestamp stamp) {
  ledger::Fetch fetch;
  std::vector<Bytes> keys;
  ledger::EngineTime time = time_;
  time.set_stamp(stamp);
  ledger::collect_expiries(ledger_, time.peek(), rules_.expiries_per_record_max, fetch);
  for (const Command& command : record.commands) {
    const CommandHeader& header = command.header;
    for (const KeyedCall& call : header.keyed)
      if (!books_.keys.known({header.book, call.id})) keys.push_back(book::row_key({header.book, call.id}));
    if (const auto* accounts = std::get_if<CreateAccounts>(&command.body))
      ledger::collect(header.book, *accounts, ledger_, fetch);
    if (const auto* transfers = std::get_if<CreateTransfers>(&command.body)) {
      ledger::collect(header.book, *transfers, ledger_, fetch);
      ledger::reach(header.book, *transfers, ledger_, fetch);
    }
    if (const auto* bulk = std::get_if<Bulk>(&command.body)) {
      ledger::collect(header.book, *bulk, ledger_, fetch);
      ledger::reach(header.book, *bulk, ledger_, fetch);
    }
  }
  ledger::learn(ledger_, fetch);
  for (Bytes& key : ledger::keys(fetch)) keys.push_back(std::move(key));
  return keys;
}

std::vector<Event> Machine::execute(const OpenedRecord& record, Ordinal ordinal, Timestamp stamp) {
  const Result<Admission> admission = admit(record, ordinal);
  FLORIN_ASSERT(admission.has_value());  // check() has passed it
  time_.set_stamp(stamp);
  std::vector<Event> events;
  expire(events);
  if (*admission == Admission::duplicate || *admission == Admission::fenced) {
    const auto reason =
        *admission == Admission::fenced ? RecordSkipped::Reason::fenced : RecordSkipped::Reason::duplicate;
    emit({}, no_command, RecordSkipped{reason}, events);
  } else {
    Appender& appender = partition_.appenders[record.header.appender];
    appender.epoch = *admission == Admission::opens_epoch ? ordinal : record.header.epoch;
    appender.counter = record.header.counter;
    appender.hash = record.hash;
    appender.last = ordinal;
    for (std::uint32_t i = 0; i < record.commands.size(); ++i)
      execute_command(record.commands[i], i, record, ordinal, events);
  }
  end_record();
  FLORIN_ASSERT(
      !events.empty());  // every record has an event, so that readers can follow the journal by events
  return events;
}

Result<std::vector<Event>> Machine::pass_over(Ordinal ordinal, Timestamp stamp) {
  FLORIN_TRY(check_place(ordinal));
  if (partition_.quarantined.size() >= quarantined_max)
    return fail(Errc::corrupt, "journal record " + to_string(ordinal) + " is in quarantine, as are " +
                                   std::to_string(quarantined_max) + " before it; restore the journal");
  time_.set_stamp(stamp);
  std::vector<Event> events;
  expire(events);
  emit({}, no_command, RecordSkipped{RecordSkipped::Reason::quarantined}, events);
  partition_.quarantined.push_back(ordinal);
  end_record();
  return events;
}

// A ruleset that the record activated holds from the next one on.
void Machine::end_record() {
  partition_.next_ordinal.value += 1;
  partition_.time = time_.previous();
  if (const Ruleset* rules = ruleset(partition_.ruleset)) rules_ = *rules;
}

void Machine::chained(Sequence next_sequence, const Hash256& last_event_record) {
  FLORIN_ASSERT(next_sequence > partition_.next_sequence);
  partition_.next_sequence = next_sequence;
  partition_.last_event_record = last_event_record;
}

void Machine::changes(const RowSink& sink) {
  const Bytes partition = encode(partition_);
  sink({Bytes{row_partition}, partition});
  ledger::changes(ledger_, sink);
  book::changes(books_, sink);
}

void Machine::settle() {
  ledger::settle(ledger_);
  book::settle(books_);
}

std::optional<Timestamp> Machine::next_due() const { return ledger::next_due(ledger_); }

bool Machine::open(BookId book, LedgerId id) const { return books_.ledger(book, id) != nullptr; }

void Machine::expire(std::vector<Event>& out) {
  ledger::expire(ledger_, time_, rules_.expiries_per_record_max, out);
  for (Event& event : out) event.command = no_command;
}

void Machine::execute_command(const Command& command, std::uint32_t index, const OpenedRecord& record,
                              Ordinal ordinal, std::vector<Event>& out) {
  if (command.header.principal.kind == PrincipalKind::system) {
    emit({}, index, execute_system(command, record, ordinal), out);
    return;
  }
  if (auto verdict = judge(command)) {
    emit(command.header.book, index, *std::move(verdict), out);
    return;
  }
  const std::size_t begin = out.size();
  if (command.header.dry_run) preview_items(command, index, out);
  else execute_items(command, index, out);
  if (std::holds_alternative<CommandRefused>(out[begin].body))
    return;  // nothing was decided that could be repeated
  book::remember(books_, command.header, Sequence{partition_.next_sequence.value + begin},
                 static_cast<std::uint32_t>(out.size() - begin), out[begin].time);
}

EventBody Machine::execute_system(const Command& command, const OpenedRecord& record, Ordinal ordinal) {
  if (const auto* body = std::get_if<Genesis>(&command.body)) {
    partition_.ruleset = body->ruleset;
    partition_.key = body->key;
    return GenesisRecorded{body->ruleset, body->key};
  }
  if (const auto* body = std::get_if<OpenAppender>(&command.body))
    return AppenderOpened{record.header.appender, ordinal, body->rank};
  if (const auto* body = std::get_if<ActivateKey>(&command.body)) {
    partition_.key = body->key;
    return KeyActivated{body->key};
  }
  if (const auto* body = std::get_if<ActivateRuleset>(&command.body)) {
    partition_.ruleset = std::max(partition_.ruleset, body->ruleset);  // never taken back
    return RulesetActivated{partition_.ruleset};
  }
  return Ticked{};
}

// What is decided about the command as a whole; none when its items are to be decided.
std::optional<EventBody> Machine::judge(const Command& command) const {
  const CommandHeader& header = command.header;
  if (auto refusal = book::authorize(books_, command)) return CommandRefused{*refusal, 0};
  if (auto repeated = book::repeated(books_, header, time_.peek()))
    return std::visit([](const auto& body) -> EventBody { return body; }, *repeated);
  if (book::too_late(header, time_.peek())) return CommandRefused{Rejection::not_after_passed, 0};
  if (auto refusal = book::not_granted(books_, command)) return *refusal;
  return reaches_not_granted(command);
}

// What an item touches without naming its ledger must be granted as well.
std::optional<EventBody> Machine::reaches_not_granted(const Command& command) const {
  const CommandHeader& header = command.header;
  const auto first_in = [&](const auto& items) -> std::optional<EventBody> {
    for (std::uint32_t i = 0; i < items.size(); ++i)
      for (const LedgerId ledger : ledger::ledgers_reached(ledger_, header.book, items[i]))
        if (!book::granted(books_, header, ledger)) return CommandRefused{Rejection::ledger_not_granted, i};
    return std::nullopt;
  };
  if (const auto* body = std::get_if<CreateTransfers>(&command.body)) return first_in(body->transfers);
  if (const auto* body = std::get_if<Bulk>(&command.body)) return first_in(body->items);
  return std::nullopt;
}

void Machine::preview_items(const Command& command, std::uint32_t index, std::vector<Event>& out) {
  const std::size_t begin = out.size();
  ledger::begin_dry_run(ledger_);
  execute_items(command, index, out);
  ledger::end_dry_run(ledger_, out, begin);
}

void Machine::execute_items(const Command& command, std::uint32_t index, std::vector<Event>& out) {
  const CommandHeader& header = command.header;
  const ledger::Context context{header.book, index, time_, *this};
  if (const auto* body = std::get_if<CreateAccounts>(&command.body)) {
    ledger::create_accounts(ledger_, context, *body, out);
  } else if (const auto* transfers = std::get_if<CreateTransfers>(&command.body)) {
    ledger::create_transfers(ledger_, context, *transfers, out);
  } else if (const auto* bulk = std::get_if<Bulk>(&command.body)) {
    ledger::execute_bulk(ledger_, context, *bulk, out);
  } else if (const auto* ledgers = std::get_if<OpenLedgers>(&command.body)) {
    for (const Ledger& ledger : ledgers->ledgers)
      emit(header.book, index, book::decide_open_ledger(books_, header, ledger, time_.peek()), out);
  } else if (const auto* open = std::get_if<OpenBook>(&command.body)) {
    emit(header.book, index, book::decide_open_book(books_, header, *open), out);
  } else if (const auto* place = std::get_if<PlaceBook>(&command.body)) {
    emit(header.book, index, book::decide_place_book(books_, header, *place, id_), out);
  } else if (const auto* create = std::get_if<CreateClient>(&command.body)) {
    emit(header.book, index, book::decide_create_client(books_, header, *create, time_.peek()), out);
  } else if (const auto* revoke = std::get_if<RevokeClient>(&command.body)) {
    emit(header.book, index, book::decide_revoke_client(books_, header, *revoke), out);
  }
}

void Machine::emit(BookId book, std::uint32_t index, EventBody body, std::vector<Event>& out) {
  out.push_back({time_.next(), book, index, std::move(body)});
  book::apply(books_, out.back());
}

}  // namespace florin::processor
