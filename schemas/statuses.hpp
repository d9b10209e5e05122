// What became of one item of a batch. Names and numbers are TigerBeetle's (src/tigerbeetle.zig), listed in
// order of precedence: of several that apply, the first in the list is the result. `ledger_not_open` is
// Florin's own.
#pragma once

#include <cstdint>
#include <string_view>

namespace florin {

#define FLORIN_ACCOUNT_STATUSES(X)                 \
  X(linked_event_failed, 1)                        \
  X(linked_event_chain_open, 2)                    \
  X(imported_event_expected, 22)                   \
  X(imported_event_not_expected, 23)               \
  X(timestamp_must_be_zero, 3)                     \
  X(imported_event_timestamp_out_of_range, 24)     \
  X(imported_event_timestamp_must_not_advance, 25) \
  X(reserved_field, 4)                             \
  X(reserved_flag, 5)                              \
  X(id_must_not_be_zero, 6)                        \
  X(id_must_not_be_int_max, 7)                     \
  X(exists_with_different_flags, 15)               \
  X(exists_with_different_user_data_128, 16)       \
  X(exists_with_different_user_data_64, 17)        \
  X(exists_with_different_user_data_32, 18)        \
  X(exists_with_different_ledger, 19)              \
  X(exists_with_different_code, 20)                \
  X(exists, 21)                                    \
  X(flags_are_mutually_exclusive, 8)               \
  X(debits_pending_must_be_zero, 9)                \
  X(debits_posted_must_be_zero, 10)                \
  X(credits_pending_must_be_zero, 11)              \
  X(credits_posted_must_be_zero, 12)               \
  X(ledger_must_not_be_zero, 13)                   \
  X(ledger_not_open, 1000)                         \
  X(code_must_not_be_zero, 14)                     \
  X(imported_event_timestamp_must_not_regress, 26)

#define FLORIN_TRANSFER_STATUSES(X)                            \
  X(linked_event_failed, 1)                                    \
  X(linked_event_chain_open, 2)                                \
  X(imported_event_expected, 56)                               \
  X(imported_event_not_expected, 57)                           \
  X(timestamp_must_be_zero, 3)                                 \
  X(imported_event_timestamp_out_of_range, 58)                 \
  X(imported_event_timestamp_must_not_advance, 59)             \
  X(reserved_flag, 4)                                          \
  X(id_must_not_be_zero, 5)                                    \
  X(id_must_not_be_int_max, 6)                                 \
  X(exists_with_different_flags, 36)                           \
  X(exists_with_different_pending_id, 40)                      \
  X(exists_with_different_timeout, 44)                         \
  X(exists_with_different_debit_account_id, 37)                \
  X(exists_with_different_credit_account_id, 38)               \
  X(exists_with_different_amount, 39)                          \
  X(exists_with_different_user_data_128, 41)                   \
  X(exists_with_different_user_data_64, 42)                    \
  X(exists_with_different_user_data_32, 43)                    \
  X(exists_with_different_ledger, 67)                          \
  X(exists_with_different_code, 45)                            \
  X(exists, 46)                                                \
  X(id_already_failed, 68)                                     \
  X(flags_are_mutually_exclusive, 7)                           \
  X(debit_account_id_must_not_be_zero, 8)                      \
  X(debit_account_id_must_not_be_int_max, 9)                   \
  X(credit_account_id_must_not_be_zero, 10)                    \
  X(credit_account_id_must_not_be_int_max, 11)                 \
  X(accounts_must_be_different, 12)                            \
  X(pending_id_must_be_zero, 13)                               \
  X(pending_id_must_not_be_zero, 14)                           \
  X(pending_id_must_not_be_int_max, 15)                        \
  X(pending_id_must_be_different, 16)                          \
  X(timeout_reserved_for_pending_transfer, 17)                 \
  X(closing_transfer_must_be_pending, 64)                      \
  X(ledger_must_not_be_zero, 19)                               \
  X(ledger_not_open, 1000)                                     \
  X(code_must_not_be_zero, 20)                                 \
  X(debit_account_not_found, 21)                               \
  X(credit_account_not_found, 22)                              \
  X(accounts_must_have_the_same_ledger, 23)                    \
  X(transfer_must_have_the_same_ledger_as_accounts, 24)        \
  X(pending_transfer_not_found, 25)                            \
  X(pending_transfer_not_pending, 26)                          \
  X(pending_transfer_has_different_debit_account_id, 27)       \
  X(pending_transfer_has_different_credit_account_id, 28)      \
  X(pending_transfer_has_different_ledger, 29)                 \
  X(pending_transfer_has_different_code, 30)                   \
  X(exceeds_pending_transfer_amount, 31)                       \
  X(pending_transfer_has_different_amount, 32)                 \
  X(pending_transfer_already_posted, 33)                       \
  X(pending_transfer_already_voided, 34)                       \
  X(pending_transfer_expired, 35)                              \
  X(imported_event_timestamp_must_not_regress, 60)             \
  X(imported_event_timestamp_must_postdate_debit_account, 61)  \
  X(imported_event_timestamp_must_postdate_credit_account, 62) \
  X(imported_event_timeout_must_be_zero, 63)                   \
  X(debit_account_already_closed, 65)                          \
  X(credit_account_already_closed, 66)                         \
  X(overflows_debits_pending, 47)                              \
  X(overflows_credits_pending, 48)                             \
  X(overflows_debits_posted, 49)                               \
  X(overflows_credits_posted, 50)                              \
  X(overflows_debits, 51)                                      \
  X(overflows_credits, 52)                                     \
  X(overflows_timeout, 53)                                     \
  X(exceeds_credits, 54)                                       \
  X(exceeds_debits, 55)

#define FLORIN_STATUS_ENUMERATOR(status, number) status = number,

enum class AccountStatus : std::uint32_t {
  created = 0xffffffff,
  FLORIN_ACCOUNT_STATUSES(FLORIN_STATUS_ENUMERATOR)
};

enum class TransferStatus : std::uint32_t {
  created = 0xffffffff,
  FLORIN_TRANSFER_STATUSES(FLORIN_STATUS_ENUMERATOR)
};

// What became of one ledger in a call that opens ledgers.
enum class LedgerStatus : std::uint32_t {
  created = 0xffffffff,
  exists = 1,  // the same currency, exponent and name: harmless
  exists_with_different_currency = 2,
  exists_with_different_exponent = 3,
  exists_with_different_name = 4,
  id_must_not_be_zero = 5,
  too_many_ledgers = 6,  // the client already holds as many granted ledgers as a client may
};

// Florin's own, in order of precedence. What is said of one posting names it (TransactionRefused::posting).
#define FLORIN_TRANSACTION_STATUSES(X)                  \
  X(linked_event_failed, 1)                             \
  X(timestamp_must_be_zero, 2)                          \
  X(imported_event_timestamp_out_of_range, 3)           \
  X(imported_event_timestamp_must_not_advance, 4)       \
  X(id_must_not_be_zero, 5)                             \
  X(id_must_not_be_int_max, 6)                          \
  X(exists_with_different_flags, 7)                     \
  X(exists_with_different_reversal_of, 8)               \
  X(exists_with_different_postings, 9)                  \
  X(exists_with_different_user_data_128, 10)            \
  X(exists_with_different_user_data_64, 11)             \
  X(exists_with_different_user_data_32, 12)             \
  X(exists_with_different_code, 13)                     \
  X(exists_with_different_metadata, 14)                 \
  X(exists, 15)                                         \
  X(id_already_failed, 16)                              \
  X(code_must_not_be_zero, 17)                          \
  X(reversed_transaction_not_found, 18)                 \
  X(reversed_transaction_is_reversal, 19)               \
  X(nothing_left_to_reverse, 20)                        \
  X(account_id_must_not_be_zero, 21)                    \
  X(account_id_must_not_be_int_max, 22)                 \
  X(amount_must_not_be_zero, 23)                        \
  X(account_on_both_sides, 24)                          \
  X(account_not_found, 25)                              \
  X(overflows_sum, 26)                                  \
  X(postings_not_balanced, 27)                          \
  X(exceeds_reversed_transaction, 28)                   \
  X(imported_event_timestamp_must_not_regress, 29)      \
  X(imported_event_timestamp_must_postdate_account, 30) \
  X(transfer_id_taken, 31)                              \
  X(account_already_closed, 32)                         \
  X(overflows_balance, 33)                              \
  X(exceeds_credits, 34)                                \
  X(exceeds_debits, 35)

enum class TransactionStatus : std::uint32_t {
  created = 0xffffffff,
  FLORIN_TRANSACTION_STATUSES(FLORIN_STATUS_ENUMERATOR)
};

enum class MetadataStatus : std::uint32_t {
  set = 0xffffffff,
  linked_event_failed = 1,
  target_not_found = 2,
  too_many_keys = 3,  // more than metadata_keys_max after the change
  too_long = 4,       // more than metadata_bytes_max after the change
};

enum class LimitsStatus : std::uint32_t {
  set = 0xffffffff,
  linked_event_failed = 1,
  account_not_found = 2,
  debit_balance_exceeds_limit = 3,  // the account is over the new limit already
  credit_balance_exceeds_limit = 4,
};

#undef FLORIN_STATUS_ENUMERATOR

std::string_view name(AccountStatus status);  // "unknown" for a number that is no status
std::string_view name(TransferStatus status);
std::string_view name(LedgerStatus status);
std::string_view name(TransactionStatus status);
std::string_view name(MetadataStatus status);
std::string_view name(LimitsStatus status);

}  // namespace florin
