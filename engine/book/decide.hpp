// The decisions about books, clients, grants and ledgers: all rules are here, none in apply(). PURE.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "engine/book/state.hpp"
#include "schemas/commands.hpp"
#include "schemas/events.hpp"

namespace florin::book {

// Is the principal allowed to ask for this at all: the book is open, the client known, not revoked, its
// credential current, its scope enough? None when allowed.
std::optional<Rejection> authorize(const State& state, const Command& command);

// The key was used before: with this body, so the first answer is repeated; or with another, so the command
// is refused. Uses older than key_retention_ns at `now` do not count.
std::optional<std::variant<CommandRepeated, CommandRefused>> repeated(const State& state,
                                                                      const CommandHeader& header,
                                                                      Timestamp now);

// Engine time is past the command's not_after.
bool too_late(const CommandHeader& header, Timestamp now);

// The first item that names an open ledger which the client is not granted, as a refusal; none when all are.
std::optional<CommandRefused> not_granted(const State& state, const Command& command);
bool granted(const State& state, const CommandHeader& header, LedgerId ledger);

// The outcome of one item, or of a command that is one item.
EventBody decide_open_book(const State& state, const CommandHeader& header, const OpenBook& body);
// `own` is the partition that decides.
EventBody decide_place_book(const State& state, const CommandHeader& header, const PlaceBook& body,
                            PartitionId own);
EventBody decide_create_client(const State& state, const CommandHeader& header, const CreateClient& body,
                               Timestamp time);
EventBody decide_revoke_client(const State& state, const CommandHeader& header, const RevokeClient& body);
EventBody decide_open_ledger(const State& state, const CommandHeader& header, const Ledger& ledger,
                             Timestamp time);

// Cannot fail and holds no rule. Live run and replay both pass through it. Events of other rooms are ignored.
void apply(State& state, const Event& event);

// Remembers the answer of a command that carried an Idempotency-Key. Does nothing for one without.
void remember(State& state, const CommandHeader& header, Sequence first, std::uint32_t count, Timestamp time);

}  // namespace florin::book
