#include "schemas/statuses.hpp"

namespace florin {

#define FLORIN_ACCOUNT_NAME(status, number) \
  case AccountStatus::status: return #status;
#define FLORIN_TRANSFER_NAME(status, number) \
  case TransferStatus::status: return #status;

std::string_view name(AccountStatus status) {
  switch (status) {
    case AccountStatus::created: return "created"; FLORIN_ACCOUNT_STATUSES(FLORIN_ACCOUNT_NAME)
  }
  return "unknown";
}

std::string_view name(TransferStatus status) {
  switch (status) {
    case TransferStatus::created: return "created"; FLORIN_TRANSFER_STATUSES(FLORIN_TRANSFER_NAME)
  }
  return "unknown";
}

#define FLORIN_TRANSACTION_NAME(status, number) \
  case TransactionStatus::status: return #status;

std::string_view name(TransactionStatus status) {
  switch (status) {
    case TransactionStatus::created: return "created"; FLORIN_TRANSACTION_STATUSES(FLORIN_TRANSACTION_NAME)
  }
  return "unknown";
}

std::string_view name(MetadataStatus status) {
  switch (status) {
    case MetadataStatus::set: return "set";
    case MetadataStatus::linked_event_failed: return "linked_event_failed";
    case MetadataStatus::target_not_found: return "target_not_found";
    case MetadataStatus::too_many_keys: return "too_many_keys";
    case MetadataStatus::too_long: return "too_long";
  }
  return "unknown";
}

std::string_view name(LimitsStatus status) {
  switch (status) {
    case LimitsStatus::set: return "set";
    case LimitsStatus::linked_event_failed: return "linked_event_failed";
    case LimitsStatus::account_not_found: return "account_not_found";
    case LimitsStatus::debit_balance_exceeds_limit: return "debit_balance_exceeds_limit";
    case LimitsStatus::credit_balance_exceeds_limit: return "credit_balance_exceeds_limit";
  }
  return "unknown";
}

std::string_view name(LedgerStatus status) {
  switch (status) {
    case LedgerStatus::created: return "created";
    case LedgerStatus::exists: return "exists";
    case LedgerStatus::exists_with_different_currency: return "exists_with_different_currency";
    case LedgerStatus::exists_with_different_exponent: return "exists_with_different_exponent";
    case LedgerStatus::exists_with_different_name: return "exists_with_different_name";
    case LedgerStatus::id_must_not_be_zero: return "id_must_not_be_zero";
    case LedgerStatus::too_many_ledgers: return "too_many_ledgers";
  }
  return "unknown";
}

}  // namespace florin
