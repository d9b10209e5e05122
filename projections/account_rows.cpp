#include "projections/account_rows.hpp"

#include "schemas/items_codec.hpp"
#include "schemas/transactions_codec.hpp"

namespace florin::projections::account_rows {

Bytes encode(const Account& attributes) {
  Bytes bytes;
  Writer out(bytes);
  write_account(out, attributes);
  return bytes;
}

Bytes encode(const Standing& standing) {
  Bytes bytes;
  Writer out(bytes);
  out.varint(standing.code);
  out.varint(standing.flags);
  write_balances(out, standing.balances);
  return bytes;
}

Standing read_standing(Reader& in) {
  Standing standing;
  standing.code = in.varint<std::uint16_t>();
  standing.flags = in.varint<std::uint16_t>();
  standing.balances = read_balances(in);
  return standing;
}

Bytes encode(const Limits& limits) {
  Bytes bytes;
  Writer out(bytes);
  write_limits(out, limits);
  return bytes;
}

Bytes encode(AccountId id) {
  Bytes bytes;
  Writer out(bytes);
  out.varint(id.value);
  return bytes;
}

AccountId read_id(Reader& in) { return {in.varint128()}; }

tl::unexpected<Error> half_an_account() {
  return fail(Errc::corrupt, "an account has only one of its two rows; rebuild the read model 'balances'");
}

Result<std::optional<Account>> join(const std::optional<Bytes>& attributes,
                                    const std::optional<Bytes>& standing) {
  if (attributes.has_value() != standing.has_value()) return half_an_account();
  FLORIN_TRY_ASSIGN(auto account, decode_row<Account>(attributes, read_account));
  if (!account) return account;
  FLORIN_TRY_ASSIGN(const auto now, decode_row<Standing>(standing, read_standing));
  account->balances = now->balances;
  account->flags = now->flags;
  return account;
}

Result<std::optional<AccountRow>> find_account(const StoreReader& store, BookId book, AccountId id) {
  FLORIN_TRY_ASSIGN(const auto rows, store.get_many({attributes_key(book, id), standing_key(book, id)}));
  FLORIN_TRY_ASSIGN(const auto account, join(rows[0], rows[1]));
  if (!account) return std::optional<AccountRow>{};
  FLORIN_TRY_ASSIGN(auto row, whole(store, book, *account));
  return std::optional<AccountRow>(std::move(row));
}

Result<std::vector<Account>> accounts_at(const StoreReader& store, BookId book,
                                         const std::vector<Timestamp>& timestamps) {
  std::vector<Bytes> keys;
  for (const Timestamp at : timestamps) keys.push_back(created_key(book, at));
  FLORIN_TRY_ASSIGN(const auto ids, store.get_many(keys));
  keys.clear();
  for (const auto& row : ids) {
    FLORIN_TRY_ASSIGN(const auto id, decode_row<AccountId>(row, read_id));
    if (!id)
      return fail(Errc::corrupt, "an index row names an account that is not there; rebuild 'balances'");
    keys.push_back(attributes_key(book, *id));
    keys.push_back(standing_key(book, *id));
  }
  FLORIN_TRY_ASSIGN(const auto rows, store.get_many(keys));
  std::vector<Account> accounts;
  for (std::size_t i = 0; i < rows.size(); i += 2) {
    FLORIN_TRY_ASSIGN(const auto account, join(rows[i], rows[i + 1]));
    if (!account) return fail(Errc::corrupt, "an account has lost its rows; rebuild 'balances'");
    accounts.push_back(*account);
  }
  return accounts;
}

Result<AccountRow> whole(const StoreReader& store, BookId book, const Account& account) {
  FLORIN_TRY_ASSIGN(const auto row, store.get(limits_key(book, account.id)));
  FLORIN_TRY_ASSIGN(const auto limits, decode_row<Limits>(row, read_limits));
  FLORIN_TRY_ASSIGN(auto metadata, read_metadata_of(store, fields.metadata, book, account.timestamp));
  return AccountRow{account, limits.value_or(Limits{}), std::move(metadata)};
}

}  // namespace florin::projections::account_rows
