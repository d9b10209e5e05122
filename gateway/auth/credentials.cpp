#include "gateway/auth/credentials.hpp"

#include <charconv>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/base/secret.hpp"

namespace florin::gateway {
namespace {

constexpr std::string_view secret_prefix = "florin_";
constexpr std::size_t client_digits = 16;

template <class Int>
std::optional<Int> parse_whole(std::string_view text, int base) {
  Int value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string client_hex(ClientId client) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(client.value >> (56 - 8 * i));
  return to_hex(bytes);
}

}  // namespace

std::string format_client_id(BookId book, ClientId client) {
  return to_string(book) + "-" + client_hex(client);
}

std::optional<ClientName> parse_client_id(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos || text.size() - dash - 1 != client_digits) return std::nullopt;
  const auto book = parse_whole<std::uint32_t>(text.substr(0, dash), 10);
  const auto client = parse_whole<std::uint64_t>(text.substr(dash + 1), 16);
  if (!book || !client) return std::nullopt;
  const ClientName name{{*book}, {*client}};
  // Leading zeros, signs and capitals would be a second spelling.
  if (book == 0u || client == 0u || format_client_id(name.book, name.client) != text) return std::nullopt;
  return name;
}

ClientId make_client_id() {
  ClientId client;
  while (client.value == 0) randombytes_buf(&client.value, sizeof client.value);
  return client;
}

ClientSecret make_client_secret() {
  const SecretKey secret = SecretKey::random();
  return {std::string(secret_prefix) + to_base64url(secret.view()), blake2b(secret.view())};
}

std::optional<Hash256> hash_client_secret(std::string_view text) {
  if (!text.starts_with(secret_prefix) || text.size() > 2 * SecretKey::size()) return std::nullopt;
  auto bytes = from_base64url(text.substr(secret_prefix.size()));
  if (!bytes || bytes->size() != SecretKey::size()) return std::nullopt;
  const Hash256 hash = blake2b(*bytes);
  sodium_memzero(bytes->data(), bytes->size());
  return hash;
}

}  // namespace florin::gateway
