// The credentials of API clients as text: the client id, which contains the book's id, and the secret, of
// which only a hash is kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schemas/access.hpp"

namespace florin::gateway {

// "<book>-<client>": the book in decimal, the client as 16 lower-case hex digits.
std::string format_client_id(BookId book, ClientId client);

struct ClientName {
  BookId book;
  ClientId client;
  friend bool operator==(const ClientName&, const ClientName&) = default;
};
// Only what format_client_id writes: one spelling for each client.
std::optional<ClientName> parse_client_id(std::string_view text);

ClientId make_client_id();  // random, never 0

// "florin_" and the base64url of 32 random bytes. The prefix lets people and scanners see what it is.
struct ClientSecret {
  std::string text;  // shown once, kept nowhere
  Hash256 hash;      // goes into the command
};
ClientSecret make_client_secret();

// The hash of a secret as a client sends it; none when it is not the text of a secret. A plain hash is
// enough: 256 random bits cannot be guessed, so there is nothing that a slow hash would protect.
std::optional<Hash256> hash_client_secret(std::string_view text);

}  // namespace florin::gateway
