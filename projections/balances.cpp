#include "projections/balances.hpp"

#include <algorithm>

#include "schemas/transactions_codec.hpp"

namespace florin::projections {

using namespace account_rows;

namespace {

Bytes trial_key(const TrialKey& key) {
  return row_key(table_trial, key.book.value, key.ledger.value, key.code);
}

// The book, the ledger and the code stand at the end of the key.
TrialKey read_trial_key(ByteView key) {
  const auto code = last_big_endian<std::uint16_t>(key);
  key = key.first(key.size() - sizeof code);
  const LedgerId ledger{last_big_endian<std::uint32_t>(key)};
  return {{last_big_endian<std::uint32_t>(key.first(key.size() - sizeof ledger.value))}, ledger, code};
}

Bytes encode_trial(const TrialSums& row) {
  Bytes bytes;
  Writer out(bytes);
  write_trial(out, row);
  return bytes;
}

TrialMove move_at(const Event& event, Timestamp at, MoveKind kind, LedgerId ledger) {
  TrialMove move;
  move.book = event.book;
  move.at = at;
  move.kind = kind;
  move.ledger = ledger;
  return move;
}

// What one side of a transfer adds must be what the other side adds, and nothing else may change. What is
// posted stays posted.
bool moves_equal_amounts(const WideBalances& debit, const WideBalances& credit) {
  return debit.debits_pending == credit.credits_pending && debit.debits_posted == credit.credits_posted &&
         debit.credits_pending == WideSum{} && debit.credits_posted == WideSum{} &&
         credit.debits_pending == WideSum{} && credit.debits_posted == WideSum{} &&
         debit.debits_posted.high == 0;
}

RowCursor rows_of(const StoreReader& store, std::uint8_t table) {
  return {store, row_key(table), row_key(static_cast<std::uint8_t>(table + 1))};
}

tl::unexpected<Error> limits_of_no_account() {
  return fail(Errc::corrupt,
              "limits stand under an id that no account has; rebuild the read model 'balances'");
}

}  // namespace

Result<void> BalancesView::apply(const Event& event, const StoreReader& store) {
  const BookId book = event.book;
  if (const auto* created = std::get_if<AccountCreated>(&event.body))
    return create(book, created->account, store);
  if (const auto* moved = std::get_if<TransferCreated>(&event.body))
    return apply(move_at(event, moved->transfer.timestamp, MoveKind::transfer, moved->transfer.ledger),
                 {book, moved->transfer.debit_account_id}, moved->debit,
                 {book, moved->transfer.credit_account_id}, moved->credit, store);
  if (const auto* expired = std::get_if<TransferExpired>(&event.body))
    return apply(move_at(event, event.time, MoveKind::expiry, expired->ledger),
                 {book, expired->debit_account_id}, expired->debit, {book, expired->credit_account_id},
                 expired->credit, store);
  if (const auto* set = std::get_if<LimitsSet>(&event.body))
    return set_limits({book, set->id}, set->limits, store);
  const auto* set = std::get_if<MetadataSet>(&event.body);
  if (set != nullptr && set->target.kind == TargetKind::account) return index_.change(book, *set, store);
  return {};
}

Result<void> BalancesView::create(BookId book, const Account& account, const StoreReader& store) {
  const AccountKey key{book, account.id};
  if (!recent_.known(key)) {
    FLORIN_TRY_ASSIGN(const auto stored, store.get(standing_key(book, account.id)));
    if (stored) return fail(Errc::corrupt, "an account is created that the rows already have");
    recent_.load(key, std::nullopt);
  }
  if (recent_.find(key) != nullptr) return fail(Errc::corrupt, "an account is created twice");
  if (account.balances != Balances{}) return fail(Errc::corrupt, "an account is created with balances");
  recent_.put(key, {account.code, account.flags, {}});
  created_.put(attributes_key(book, account.id), encode(account));
  index_.add(book, account);
  const TrialMove move{
      book, account.timestamp, MoveKind::account_created, account.ledger, account.code, 0, {}, {}};
  additions_[move.debit_key()] += move.debit_change();
  past_.add(move);
  return {};
}

Result<void> BalancesView::set_limits(AccountKey key, const Limits& limits, const StoreReader& store) {
  FLORIN_TRY(fetch(key, store));
  limits_.insert_or_assign(key, limits);
  return {};
}

Result<const Standing*> BalancesView::fetch(AccountKey key, const StoreReader& store) {
  if (!recent_.known(key)) {
    FLORIN_TRY_ASSIGN(const auto stored, store.get(standing_key(key.book, key.id)));
    FLORIN_TRY_ASSIGN(auto standing, decode_row<Standing>(stored, read_standing));
    recent_.load(key, std::move(standing));
  }
  const Standing* standing = recent_.find(key);
  if (standing == nullptr)
    return fail(Errc::corrupt, "an event changes an account that the rows do not have");
  return standing;
}

Result<void> BalancesView::apply(TrialMove move, AccountKey debit, const AccountAfter& debit_after,
                                 AccountKey credit, const AccountAfter& credit_after,
                                 const StoreReader& store) {
  FLORIN_TRY_ASSIGN(const Standing* found, fetch(debit, store));
  const Standing debit_before = *found;
  FLORIN_TRY_ASSIGN(found, fetch(credit, store));
  const Standing credit_before = *found;
  const WideBalances debit_adds = difference(debit_after.balances, debit_before.balances);
  const WideBalances credit_adds = difference(credit_after.balances, credit_before.balances);
  if (!moves_equal_amounts(debit_adds, credit_adds))
    return fail(Errc::corrupt, "the balances after a transfer do not follow from those before");
  move.debit_code = debit_before.code;
  move.credit_code = credit_before.code;
  move.pending = debit_adds.debits_pending;
  move.posted = debit_adds.debits_posted;
  additions_[move.debit_key()] += move.debit_change();
  additions_[move.credit_key()] += move.credit_change();
  past_.add(move);
  recent_.put(debit, {debit_before.code, debit_after.flags, debit_after.balances});
  recent_.put(credit, {credit_before.code, credit_after.flags, credit_after.balances});
  return {};
}

Result<void> BalancesView::write(StoreBatch& batch, const StoreReader& store) {
  FLORIN_ASSERT(all_balanced(additions_));
  created_.move_into(batch);
  for (const auto& [key, standing, fresh] : recent_.changes())
    batch.put(standing_key(key.book, key.id), encode(*standing));
  for (const auto& [key, addition] : additions_) {
    FLORIN_TRY_ASSIGN(const auto stored, store.get(trial_key(key)));
    FLORIN_TRY_ASSIGN(auto row, decode_row<TrialSums>(stored, read_trial));
    TrialSums sums = row.value_or(TrialSums{});
    sums += addition;
    batch.put(trial_key(key), encode_trial(sums));
  }
  FLORIN_TRY(past_.write(batch, store));
  for (const auto& [key, limits] : limits_) batch.put(limits_key(key.book, key.id), encode(limits));
  index_.move_into(batch);
  limits_.clear();
  additions_.clear();
  recent_.settle(recent_accounts_max);
  return {};
}

Result<Answer<std::optional<AccountRow>>> HostedBalances::account(BookId book, AccountId id) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(auto row, find_account(reading.rows(), book, id));
  return Answer<std::optional<AccountRow>>{std::move(row), reading.at()};
}

BalancesWalk::BalancesWalk(Reading reading)
    : reading_(std::make_unique<const Reading>(std::move(reading))),
      attributes_(rows_of(reading_->rows(), table_attributes)),
      standing_(rows_of(reading_->rows(), table_standing)),
      limits_(rows_of(reading_->rows(), table_limits)) {}

Result<std::optional<BalancesWalk::Row>> BalancesWalk::next() {
  FLORIN_TRY_ASSIGN(const StoreRow* attributes, attributes_.peek());
  FLORIN_TRY_ASSIGN(const StoreRow* standing, standing_.peek());
  if (attributes == nullptr && standing == nullptr) {
    FLORIN_TRY_ASSIGN(const StoreRow* limits, limits_.peek());
    if (limits != nullptr) return limits_of_no_account();
    return std::optional<Row>{};
  }
  const bool both =
      attributes != nullptr && standing != nullptr &&
      std::ranges::equal(ByteView(attributes->key).subspan(1), ByteView(standing->key).subspan(1));
  if (!both) return half_an_account();
  Row row;
  FLORIN_TRY_ASSIGN(const auto account, join(attributes->value, standing->value));
  row.account = *account;
  if (row.account.id.value != last_big_endian<u128>(attributes->key))
    return fail(Errc::corrupt, "an account's row stands under another id; rebuild the read model 'balances'");
  row.book.value = last_big_endian<std::uint32_t>(ByteView(attributes->key).first(1 + sizeof row.book.value));
  FLORIN_TRY_ASSIGN(row.limits, next_limits(ByteView(attributes->key).subspan(1)));
  attributes_.next();
  standing_.next();
  return std::optional<Row>(row);
}

// The limits of the account that the walk is at; `account_key` is a key without its table byte.
Result<Limits> BalancesWalk::next_limits(ByteView account_key) {
  FLORIN_TRY_ASSIGN(const StoreRow* row, limits_.peek());
  if (row == nullptr) return Limits{};
  const ByteView key = ByteView(row->key).subspan(1);
  if (std::ranges::lexicographical_compare(key, account_key)) return limits_of_no_account();
  if (!std::ranges::equal(key, account_key)) return Limits{};
  FLORIN_TRY_ASSIGN(const auto limits, decode_row<Limits>(row->value, read_limits));
  limits_.next();
  return *limits;
}

Result<std::map<TrialKey, TrialSums>> BalancesWalk::trial() const {
  RowCursor rows = rows_of(reading_->rows(), table_trial);
  std::map<TrialKey, TrialSums> sums;
  for (;; rows.next()) {
    FLORIN_TRY_ASSIGN(const StoreRow* row, rows.peek());
    if (row == nullptr) return sums;
    FLORIN_TRY_ASSIGN(const auto trial, decode_row<TrialSums>(row->value, read_trial));
    sums.insert_or_assign(read_trial_key(row->key), *trial);
  }
}

Result<BalancesWalk> HostedBalances::walk() const {
  FLORIN_TRY_ASSIGN(Reading reading, host_.read());
  return BalancesWalk(std::move(reading));
}

}  // namespace florin::projections
