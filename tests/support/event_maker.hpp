// Sealed event records in a row, without an engine.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <utility>

#include "engine/envelope/envelope.hpp"
#include "engine/journal/events.hpp"
#include "engine/keyring/memory_keyring.hpp"

namespace florin::test {

// Makes event records as the engine does, each following from the one before.
class EventMaker {
 public:
  EventMaker() { REQUIRE(keyring_.add(KeyPurpose::data, KeyId{1}, SecretKey(Bytes(32, 7)))); }

  const Envelope& envelope() const { return envelope_; }

  // Record number `ordinal`, with `count` events whose time says which they are.
  EventRecord record(Sequence first, std::uint32_t count, std::uint64_t ordinal, const Hash256& previous,
                     std::uint64_t time_offset = 0) const {
    auto batch = std::make_shared<EventBatch>();
    batch->header.partition = PartitionId{3};
    batch->header.ordinal = {ordinal};
    batch->header.first = first;
    batch->header.count = count;
    batch->header.previous = previous;
    batch->header.key = KeyId{1};
    Bytes payload;
    for (std::uint32_t i = 0; i < count; ++i) {
      batch->events.push_back(
          {.time = {first.value + i + time_offset}, .book = {1}, .command = i, .body = Ticked{}});
      encode_event(batch->events.back(), payload);
    }
    auto sealed = envelope_.seal_events(batch->header, payload);
    REQUIRE_MESSAGE(sealed, (sealed ? "" : sealed.error().message));
    batch->hash = sealed->hash;
    return {std::move(sealed->bytes), std::move(batch)};
  }

  EventRecord next_record(std::uint32_t count) {
    EventRecord made = record(next_, count, ordinal_++, previous_);
    next_ = made.batch->next();
    previous_ = made.batch->hash;
    return made;
  }
  Sequence next() const { return next_; }
  const Hash256& previous() const { return previous_; }
  std::uint64_t ordinal() const { return ordinal_; }

 private:
  MemoryKeyring keyring_;
  Envelope envelope_{keyring_};
  Sequence next_{1};
  Hash256 previous_{};
  std::uint64_t ordinal_ = 0;
};

}  // namespace florin::test
