#include "schemas/rejections.hpp"

namespace florin {

std::string_view name(Rejection rejection) {
  switch (rejection) {
    case Rejection::book_not_open: return "book_not_open";
    case Rejection::book_already_open: return "book_already_open";
    case Rejection::client_unknown: return "client_unknown";
    case Rejection::client_revoked: return "client_revoked";
    case Rejection::credential_outdated: return "credential_outdated";
    case Rejection::scope_missing: return "scope_missing";
    case Rejection::ledger_not_granted: return "ledger_not_granted";
    case Rejection::idempotency_key_reused: return "idempotency_key_reused";
    case Rejection::not_after_passed: return "not_after_passed";
    case Rejection::client_already_exists: return "client_already_exists";
    case Rejection::client_not_found: return "client_not_found";
    case Rejection::fenced: return "fenced";
    case Rejection::partition_wrong: return "partition_wrong";
  }
  return "unknown";
}

}  // namespace florin
