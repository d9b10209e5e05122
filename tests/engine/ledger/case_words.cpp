#include "tests/engine/ledger/case_words.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace florin::ledger::test {
namespace {

// "not PHRASE" takes the flag away again.
struct Flag {
  std::string_view phrase;
  std::uint16_t bit;
};

constexpr std::array flags_of_accounts{
    Flag{"linked", account_flags::linked},
    Flag{"that keeps debits within credits", account_flags::debits_must_not_exceed_credits},
    Flag{"that keeps credits within debits", account_flags::credits_must_not_exceed_debits},
    Flag{"with history", account_flags::history},
    Flag{"imported", account_flags::imported},
    Flag{"closed", account_flags::closed},
};

constexpr std::array flags_of_transfers{
    Flag{"linked", transfer_flags::linked},
    Flag{"pending", transfer_flags::pending},
    Flag{"posting", transfer_flags::post_pending_transfer},
    Flag{"voiding", transfer_flags::void_pending_transfer},
    Flag{"balancing debit", transfer_flags::balancing_debit},
    Flag{"balancing credit", transfer_flags::balancing_credit},
    Flag{"closing debit", transfer_flags::closing_debit},
    Flag{"closing credit", transfer_flags::closing_credit},
    Flag{"imported", transfer_flags::imported},
};

template <class Table>
unsigned take_bit(Words& words, const Table& table) {
  if (words.take("unknown flag")) return 1u << (words.number_as<std::uint8_t>() % 16);
  for (const Flag& flag : table)
    if (words.take(flag.phrase)) return flag.bit;
  return 0;
}

template <class Table>
bool take_flag(Words& words, const Table& table, std::uint16_t& flags) {
  const bool off = words.take("not");
  const unsigned bit = take_bit(words, table);
  if (off && bit == 0) words.fail("a flag should follow 'not', but here is");
  flags = static_cast<std::uint16_t>(off ? flags & ~bit : flags | bit);
  return bit != 0;
}

// What accounts and transfers have in common.
template <class Item>
bool take_shared(Words& words, Item& item) {
  if (words.take("id")) item.id.value = words.number();
  else if (words.take("in ledger")) item.ledger.value = words.number_as<std::uint32_t>();
  else if (words.take("code")) item.code = words.number_as<std::uint16_t>();
  else if (words.take("user_data_128")) item.user_data_128 = words.number();
  else if (words.take("user_data_64")) item.user_data_64 = words.number_as<std::uint64_t>();
  else if (words.take("user_data_32")) item.user_data_32 = words.number_as<std::uint32_t>();
  else if (words.take("stamped")) item.timestamp.value = words.number_as<std::uint64_t>();
  else return false;
  return true;
}

bool take_imported_at(Words& words, std::uint16_t& flags, std::uint16_t bit, Timestamp& timestamp) {
  if (!words.take("imported at")) return false;
  flags |= bit;
  timestamp.value = words.number_as<std::uint64_t>();
  return true;
}

bool take_balance(Words& words, Account& account) {
  Balances& balances = account.balances;
  if (words.take("with pending debits")) balances.debits_pending.value = words.number();
  else if (words.take("with debits")) balances.debits_posted.value = words.number();
  else if (words.take("with pending credits")) balances.credits_pending.value = words.number();
  else if (words.take("with credits")) balances.credits_posted.value = words.number();
  else if (words.take("reserved")) account.reserved = words.number_as<std::uint32_t>();
  else return false;
  return true;
}

bool take_movement(Words& words, Transfer& transfer) {
  if (words.take("of")) transfer.amount.value = words.number();
  else if (words.take("from")) transfer.debit_account_id.value = words.number();
  else if (words.take("to")) transfer.credit_account_id.value = words.number();
  else if (words.take("for hold")) transfer.pending_id.value = words.number();
  else if (words.take("for")) {
    transfer.timeout = words.number_as<std::uint32_t>();
    if (!words.take("s")) words.fail("'s' for seconds should follow 'for N', but here is");
  } else return false;
  return true;
}

Transfer plain_transfer() {
  Transfer transfer;
  transfer.ledger.value = 1;
  transfer.code = 20;
  return transfer;
}

// A post or void says no more than it must: where it is silent, its hold speaks.
Transfer settling(std::uint16_t flag, u128 amount) {
  Transfer transfer;
  transfer.flags = flag;
  transfer.amount.value = amount;
  return transfer;
}

Transfer start_of_transfer(Words& words) {
  if (words.take("transfer")) return plain_transfer();
  if (words.take("post")) return settling(transfer_flags::post_pending_transfer, u128_max);
  if (words.take("void")) return settling(transfer_flags::void_pending_transfer, 0);
  if (!words.take("hold")) words.fail("'account', 'transfer', 'hold', 'post' or 'void' should be here, not");
  Transfer hold = plain_transfer();
  hold.flags = transfer_flags::pending;
  return hold;
}

}  // namespace

void Words::fail(std::string_view what) const {
  throw std::invalid_argument(std::string(what) + " '" + std::string(rest_) + "'");
}

void Words::skip() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" ,"), rest_.size())); }

bool Words::take(std::string_view phrase) {
  if (!rest_.starts_with(phrase)) return false;
  const std::string_view behind = rest_.substr(phrase.size());
  if (!behind.empty() && behind.front() != ' ' && behind.front() != ',') return false;
  rest_ = behind;
  skip();
  return true;
}

std::string Words::word() {
  const std::string_view word = rest_.substr(0, rest_.find_first_of(" ,"));
  if (word.empty()) fail("a word is missing at");
  rest_.remove_prefix(word.size());
  skip();
  return std::string(word);
}

u128 Words::term(std::string_view text) const {
  if (const auto name = names_.find(text); name != names_.end()) return name->second;
  if (text.starts_with("2^")) {
    const auto exponent = parse_decimal(text.substr(2), 128);
    if (exponent == 128) return 0;  // for 2^128-1, whose difference is taken modulo 2^128
    if (exponent) return u128{1} << static_cast<unsigned>(*exponent);
  }
  const auto value = parse_decimal(text);
  if (!value) fail("no number and no known name: '" + std::string(text) + "' before");
  return *value;
}

u128 Words::number() {
  const std::string text = word();
  const std::size_t sign = text.find_first_of("+-");
  const u128 first = term(std::string_view(text).substr(0, sign));
  if (sign == std::string::npos) return first;
  const u128 second = term(std::string_view(text).substr(sign + 1));
  return text[sign] == '+' ? first + second : first - second;
}

Account read_account(Words& words, Words::Names& names) {
  Account account;
  account.id.value = words.number();
  account.ledger.value = 1;
  account.code = 10;
  while (!words.end()) {
    if (words.take("called")) names[words.word()] = account.id.value;
    else if (take_imported_at(words, account.flags, account_flags::imported, account.timestamp)) continue;
    else if (!take_shared(words, account) && !take_balance(words, account) &&
             !take_flag(words, flags_of_accounts, account.flags))
      words.fail("no word for accounts:");
  }
  return account;
}

Transfer read_transfer(Words& words) {
  Transfer transfer = start_of_transfer(words);
  transfer.id.value = words.number();
  while (!words.end()) {
    if (take_imported_at(words, transfer.flags, transfer_flags::imported, transfer.timestamp)) continue;
    if (!take_shared(words, transfer) && !take_movement(words, transfer) &&
        !take_flag(words, flags_of_transfers, transfer.flags))
      words.fail("no word for transfers:");
  }
  return transfer;
}

}  // namespace florin::ledger::test
