// Strong types for the names of things. An id of one kind never passes for another.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

#include "engine/base/bytes.hpp"

namespace florin {

template <class Tag, class Rep>
struct Id {
  using Value = Rep;
  Rep value{};
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

using PartitionId = Id<struct PartitionTag, std::uint32_t>;
using BookId = Id<struct BookTag, std::uint32_t>;      // 1.. ; 0 names no book (records of the system itself)
using LedgerId = Id<struct LedgerTag, std::uint32_t>;  // 1.. ; unique within a book
using AccountId = Id<struct AccountTag, u128>;    // 1 .. 2^128-2, chosen by the client; unique within a book
using TransferId = Id<struct TransferTag, u128>;  // 1 .. 2^128-2, chosen by the client; unique within a book
using TransactionId = Id<struct TransactionTag, u128>;     // as transfers, in a space of its own
using ClientId = Id<struct ClientTag, std::uint64_t>;      // an API client; unique within a book
using AppenderId = Id<struct AppenderTag, std::uint64_t>;  // a gateway, or an engine as the source of ticks
using KeyId = Id<struct KeyTag, std::uint32_t>;            // a data key of the keyring
using CommandId = Id<struct CommandTag, u128>;  // keyed hash of principal and Idempotency-Key; 0 = none given

using Ordinal = Id<struct OrdinalTag, std::uint64_t>;      // a record's place in its journal, dense from 0
using Sequence = Id<struct SequenceTag, std::uint64_t>;    // an event's place in its partition, dense from 1
using Timestamp = Id<struct TimestampTag, std::uint64_t>;  // nanoseconds since the Unix epoch

// Names one command for ever, in any journal that it is copied to.
struct Position {
  PartitionId partition;
  Ordinal ordinal;
  std::uint32_t index = 0;  // of the command in its record
  friend constexpr auto operator<=>(const Position&, const Position&) = default;
};

// Rows of accounts and transfers are kept by book and id.
template <class IdType>
struct InBook {
  BookId book;
  IdType id;
  friend constexpr auto operator<=>(const InBook&, const InBook&) = default;
};

struct InBookHash {
  template <class IdType>
  std::size_t operator()(const InBook<IdType>& key) const {
    // Ids are chosen by clients: mix all bits, so that chosen low bits do not collide (splitmix64 finalizer).
    const u128 wide = static_cast<u128>(key.id.value);
    std::uint64_t x = static_cast<std::uint64_t>(wide) ^
                      (static_cast<std::uint64_t>(wide >> 64) * 0x9e3779b97f4a7c15ULL) ^
                      (std::uint64_t{key.book.value} << 32);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<std::size_t>(x ^ (x >> 31));
  }
};

std::string to_string(u128 value);  // decimal, canonical

template <class Tag, class Rep>
std::string to_string(Id<Tag, Rep> id) {
  return to_string(static_cast<u128>(id.value));
}

}  // namespace florin

template <class Tag, class Rep>
struct std::hash<florin::Id<Tag, Rep>> {
  std::size_t operator()(const florin::Id<Tag, Rep>& id) const {
    return florin::InBookHash{}(florin::InBook<florin::Id<Tag, Rep>>{{}, id});
  }
};
