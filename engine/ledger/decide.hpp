// The ledger core's decisions. The semantics, result codes and their precedence are those of TigerBeetle
// 0.17's state machine (docs/reference/ledger_semantics.md). Pure: no I/O, no clock, no randomness; the same
// state, time and command give the same events on any machine.
//
// The processor's order for a record: set the stamp, load what is due (collect_expiries), expire; for each
// command load what it needs (collect, then reach until it adds nothing), then decide and apply it item by
// item (create_*).
#pragma once

#include <optional>
#include <vector>

#include "engine/ledger/engine_time.hpp"
#include "engine/ledger/state.hpp"
#include "schemas/commands.hpp"
#include "schemas/events.hpp"

namespace florin::ledger {

// Which ledgers are open: the book core's answer to the ledger core's only question.
class LedgerDirectory {
 public:
  virtual ~LedgerDirectory() = default;
  virtual bool open(BookId book, LedgerId ledger) const = 0;
};

struct Context {
  BookId book;
  std::uint32_t command = 0;  // index of the command in its record
  EngineTime& time;
  const LedgerDirectory& ledgers;
};

// Adds to `fetch` the rows that the items name and that memory does not know. Rows may be named more than
// once.
void collect(BookId book, const CreateAccounts& command, const State& state, Fetch& fetch);
void collect(BookId book, const CreateTransfers& command, const State& state, Fetch& fetch);
void collect(BookId book, const Bulk& command, const State& state, Fetch& fetch);

// The rows behind what is loaded: id -> transfer -> accounts of a pending transfer. True when it added any:
// load them and ask again. It adds nothing from the third call on.
bool reach(BookId book, const CreateTransfers& command, const State& state, Fetch& fetch);
bool reach(BookId book, const Bulk& command, const State& state, Fetch& fetch);

// The rows that expire() needs for the first `max` pending transfers due at `now`; used like reach().
bool collect_expiries(const State& state, Timestamp now, std::size_t max, Fetch& fetch);

// One event for each item, in item order, each with its own engine time, already applied when the call
// returns. The rows must have been loaded.
void create_accounts(State& state, const Context& context, const CreateAccounts& command,
                     std::vector<Event>& out);
void create_transfers(State& state, const Context& context, const CreateTransfers& command,
                      std::vector<Event>& out);

// The same for a bulk; a transaction's event is followed by those of its legs. An atomic bulk is done whole
// or not at all: then the first item that was refused tells why, and every other one has linked_event_failed.
void execute_bulk(State& state, const Context& context, const Bulk& command, std::vector<Event>& out);

// What is decided between the two is answered and changes nothing: the events from `first` on become
// previews.
void begin_dry_run(State& state);
void end_dry_run(State& state, std::vector<Event>& out, std::size_t first);

// Releases pending transfers whose time is over, at most `max`, in order of due time; one event for each,
// already applied. Returns how many; as many as `max` means that more may be due.
std::size_t expire(State& state, EngineTime& time, std::size_t max, std::vector<Event>& out);

// When the next pending transfer is due; none when no open one has a timeout.
std::optional<Timestamp> next_due(const State& state);

}  // namespace florin::ledger
