#include "gateway/auth/jwt.hpp"

#include <array>
#include <charconv>

#include "engine/base/hex.hpp"
#include "gateway/json/document.hpp"
#include "gateway/json/writer.hpp"

namespace florin::gateway {
namespace {

using Refused = tl::unexpected<AuthRefusal>;

constexpr std::string_view algorithm = "EdDSA";
constexpr std::string_view token_type = "at+jwt";
constexpr std::uint64_t seconds_max = std::uint64_t{1}
                                      << 40;  // far beyond any date, and no sum with it overflows

struct Parts {
  std::string_view header, payload, signature;
  std::string_view signed_text;  // header, dot, payload
};

std::optional<Parts> split(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
               token.substr(0, second)};
}

std::optional<json::Document> read_json(std::string_view base64url) {
  const auto bytes = from_base64url(base64url);
  if (!bytes) return std::nullopt;
  auto document = json::Document::parse(as_text(*bytes));
  if (!document || document->root().kind() != json::Kind::object) return std::nullopt;
  return std::move(*document);
}

// Takes members of an object one by one by name. Whatever goes wrong is remembered, and so is what nobody
// took.
class Members {
 public:
  explicit Members(json::Value object) : object_(object) {}

  std::string_view text(std::string_view name, bool required = true) {
    return take(name, json::Kind::string, required);
  }

  std::uint64_t number(std::string_view name, std::uint64_t max, bool required = true) {
    const std::string_view digits = take(name, json::Kind::number, required);
    if (digits.empty()) return 0;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value > max) good_ = false;
    return value;
  }

  bool all_good() const { return good_ && taken_ == object_.size(); }

 private:
  std::string_view take(std::string_view name, json::Kind kind, bool required) {
    std::optional<json::Value> found;
    object_.each([&](json::Value member) {
      if (member.key() == name) found = member;
    });
    if (!found && !required) return {};
    if (!found || found->kind() != kind) {
      good_ = false;
      return {};
    }
    ++taken_;  // names are unique in the document, and each is asked for once
    return found->text();
  }

  json::Value object_;
  std::size_t taken_ = 0;
  bool good_ = true;
};

// The id of the key, when the header says just what ours say. Any other member is refused: `jku`, `x5u`,
// `jwk` and `x5c` bring keys of their own, `crit` and `b64` change the rules, and we write none of them.
std::optional<std::string_view> key_named(const json::Document& header) {
  Members members(header.root());
  const bool ours = members.text("alg") == algorithm && members.text("typ") == token_type;
  const std::string_view kid = members.text("kid");
  if (!ours || !members.all_good()) return std::nullopt;
  return kid;
}

std::optional<Claims> read_claims(const json::Document& payload) {
  Members members(payload.root());
  Claims claims;
  claims.names.issuer = members.text("iss");
  claims.names.audience = members.text("aud");
  const std::string_view subject = members.text("sub");
  const bool same_client = members.text("client_id") == subject;
  const auto client = parse_client_id(subject);
  const auto book = static_cast<std::uint32_t>(members.number("book", ~std::uint32_t{0}));
  const bool scopes_good = parse_scopes(members.text("scope"), claims.scopes);
  claims.credential_version = static_cast<std::uint32_t>(members.number("cv", ~std::uint32_t{0}));
  claims.issued_at_s = members.number("iat", seconds_max);
  claims.expires_at_s = members.number("exp", seconds_max);
  claims.not_before_s = members.number("nbf", seconds_max, false);
  claims.token_id = members.text("jti");
  if (!members.all_good() || !same_client || !client || client->book.value != book || !scopes_good)
    return std::nullopt;
  claims.client = *client;
  return claims;
}

std::string payload_text(const Claims& claims) {
  const std::string client = format_client_id(claims.client.book, claims.client.client);
  json::Writer out;
  out.begin_object().string("iss", claims.names.issuer).string("aud", claims.names.audience);
  out.string("sub", client).string("client_id", client).number("book", claims.client.book.value);
  out.string("scope", scope_names(claims.scopes)).number("cv", claims.credential_version);
  out.number("iat", claims.issued_at_s).number("exp", claims.expires_at_s);
  if (claims.not_before_s != 0) out.number("nbf", claims.not_before_s);
  out.string("jti", claims.token_id).end_object();
  return out.take();
}

}  // namespace

Result<std::string> write_token(const Claims& claims, const SigningKeys& keys) {
  json::Writer header;
  header.begin_object()
      .string("alg", algorithm)
      .string("kid", keys.newest_kid())
      .string("typ", token_type)
      .end_object();
  std::string token =
      to_base64url(as_bytes(header.take())) + "." + to_base64url(as_bytes(payload_text(claims)));
  FLORIN_TRY_ASSIGN(const Signature signature, keys.sign(token));
  token += "." + to_base64url(signature);
  FLORIN_ASSERT(token.size() <= token_bytes_max);
  return token;
}

tl::expected<ReadToken, AuthRefusal> read_token(std::string_view token, const SigningKeys& keys,
                                                const TokenNames& names) {
  if (token.size() > token_bytes_max) return Refused(AuthRefusal::malformed);
  const auto parts = split(token);
  if (!parts) return Refused(AuthRefusal::malformed);
  const auto header = read_json(parts->header);
  const auto signature = from_base64url(parts->signature);
  if (!header || !signature || !from_base64url(parts->payload)) return Refused(AuthRefusal::malformed);

  // The signature comes before the payload is even parsed: what no key of ours signed is nobody's word.
  const auto kid = key_named(*header);
  if (!kid || !keys.verify(*kid, parts->signed_text, *signature)) return Refused(AuthRefusal::forged);
  const auto payload = read_json(parts->payload);
  auto claims = payload ? read_claims(*payload) : std::nullopt;
  if (!claims || claims->names != names) return Refused(AuthRefusal::forged);
  return ReadToken{std::move(*claims), std::string(*kid)};
}

bool in_time(const Claims& claims, Timestamp now) {
  const std::uint64_t now_s = now.value / 1'000'000'000;
  if (now_s >= claims.expires_at_s) return false;
  return claims.issued_at_s <= now_s + clock_leeway_s && claims.not_before_s <= now_s + clock_leeway_s;
}

}  // namespace florin::gateway
