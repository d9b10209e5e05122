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
