// What the tests of gateway/auth share: a directory that says what it is told, and ways to bend tokens.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <string_view>

#include "engine/base/hex.hpp"
#include "gateway/auth/jwt.hpp"
#include "projections/query.hpp"

namespace florin::gateway::testing {

inline SecretKey seed(std::uint8_t byte) { return SecretKey(Bytes(32, byte)); }

inline SigningKeys keys_of(std::initializer_list<std::uint8_t> seeds) {
  SigningKeys keys;
  for (const std::uint8_t byte : seeds) FLORIN_ASSERT(keys.add(seed(byte)).has_value());
  return keys;
}

inline std::string encode(std::string_view text) { return to_base64url(as_bytes(text)); }

class ScriptedDirectory final : public projections::DirectoryQuery {
 public:
  std::map<std::pair<BookId, ClientId>, Client> rows;
  bool broken = false;
  mutable std::atomic<int> questions = 0;

  Result<projections::Answer<std::optional<Client>>> client(BookId book, ClientId id) const override {
    ++questions;
    if (broken) return fail(Errc::stopped, "the directory is closed");
    const auto row = rows.find({book, id});
    if (row == rows.end()) return projections::Answer<std::optional<Client>>{std::nullopt, {}};
    return projections::Answer<std::optional<Client>>{row->second, {}};
  }
  Result<projections::Answer<std::optional<std::string>>> book(BookId) const override { return nothing(); }
  Result<projections::Answer<std::vector<projections::Placement>>> placements() const override {
    return nothing();
  }
  Result<projections::Answer<std::optional<PartitionId>>> placement(BookId) const override {
    return nothing();
  }
  Result<projections::Answer<std::vector<Client>>> clients(BookId) const override { return nothing(); }
  Result<projections::Answer<std::vector<Ledger>>> ledgers(BookId) const override { return nothing(); }
  Sequence position() const override { return {}; }
  Token when(Sequence, std::function<void()>) override { return 0; }
  void cancel(Token) override {}

 private:
  static tl::unexpected<Error> nothing() { return fail(Errc::stopped, "not scripted"); }
};

}  // namespace florin::gateway::testing
