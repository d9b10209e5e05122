#include "gateway/commands/results.hpp"

#include <map>

#include "engine/base/assert.hpp"
#include "gateway/commands/idempotency_key.hpp"
#include "gateway/commands/records.hpp"
#include "gateway/json/writer.hpp"
#include "gateway/queries/position.hpp"
#include "gateway/queries/render.hpp"

namespace florin::gateway {
namespace {

constexpr std::size_t result_bytes_typical = 64;

// Writes the results of one outcome, event by event. Of a dry run it also tells the balances that each item
// would leave behind.
class ResultWriter {
 public:
  ResultWriter(json::Writer& out, const Shape& shape) : out_(out), kinds_(shape.kinds) {}

  void event(const Event& event) {
    now_ = event.time;
    if (const auto* previewed = std::get_if<Previewed>(&event.body)) {
      const auto body = decode_previewed(*previewed);
      FLORIN_ASSERT(body.has_value());
      dry_run_ = true;
      body_of(*body);
    } else {
      body_of(event.body);
    }
  }
  bool dry_run() const { return dry_run_; }

 private:
  void body_of(const EventBody& body) {
    if (legs_ == 0) return std::visit([this](const auto& b) { item(b); }, body);
    // The transfers that post a transaction are part of its result.
    const auto* leg = std::get_if<TransferCreated>(&body);
    FLORIN_ASSERT(leg != nullptr);
    if (dry_run_) note(*leg);
    if (--legs_ == 0) close();
  }

  void item(const LedgerOpened& body) { done("created", body.ledger.timestamp); }
  void item(const LedgerRefused& body) { done(name(body.status), body.timestamp); }
  void item(const AccountCreated& body) { done("created", body.account.timestamp); }
  void item(const AccountRefused& body) { done(name(body.status), body.timestamp); }
  void item(const TransferCreated& body) {
    open("created", body.transfer.timestamp);
    if (dry_run_) {
      out_.decimal("amount", body.transfer.amount.value);
      note(body);
    }
    close();
  }
  void item(const TransferRefused& body) {
    open(name(body.status), body.timestamp);
    tell(body.available);
    close();
  }
  void item(const TransactionCreated& body) {
    open("created", body.transaction.timestamp);
    legs_ = body.legs;
    FLORIN_ASSERT(legs_ > 0);
  }
  void item(const TransactionRefused& body) {
    open(name(body.status), body.timestamp);
    if (about_posting(body.status)) out_.number("posting", body.posting);
    tell(body.available);
    close();
  }
  void item(const MetadataSet&) { done("set", now_); }
  void item(const MetadataRefused& body) { done(name(body.status), now_); }
  void item(const LimitsSet&) { done("set", now_); }
  void item(const LimitsRefused& body) { done(name(body.status), now_); }
  template <class Other>
  void item(const Other&) {}  // not the outcome of an item

  static bool about_posting(TransactionStatus status) {
    return status >= TransactionStatus::account_id_must_not_be_zero &&
           status != TransactionStatus::imported_event_timestamp_must_not_regress;
  }

  void open(std::string_view status, Timestamp timestamp) {
    out_.begin_object();
    if (!kinds_.empty()) {
      FLORIN_ASSERT(items_ < kinds_.size());  // there is one result for each item
      out_.string("kind", kinds_[items_++]);
    }
    out_.string("status", status).decimal("timestamp", timestamp.value);
  }
  void close() {
    if (!after_.empty()) {
      out_.key("accounts").begin_array();
      for (const auto& [account, after] : after_) {
        out_.begin_object().decimal("account_id", account.value);
        write_balances(out_, after.balances);
        out_.end_object();
      }
      out_.end_array();
      after_.clear();
    }
    out_.end_object();
  }
  void done(std::string_view status, Timestamp timestamp) {
    open(status, timestamp);
    close();
  }
  void tell(const std::optional<Available>& available) {
    if (!available) return;
    out_.decimal("account_id", available->account.value).decimal("available", available->amount.value);
  }
  void note(const TransferCreated& moved) {
    after_[moved.transfer.debit_account_id] = moved.debit;
    after_[moved.transfer.credit_account_id] = moved.credit;
  }

  json::Writer& out_;
  const std::vector<std::string_view>& kinds_;
  std::size_t items_ = 0;  // whose results are open or written
  Timestamp now_;
  bool dry_run_ = false;
  std::uint32_t legs_ = 0;                   // still to come of the transaction that is open
  std::map<AccountId, AccountAfter> after_;  // what the open item of a dry run would leave
};

Response refused(const CommandRefused& refusal, const Shape& shape, std::string_view request_id) {
  Problem problem = to_problem(refusal.reason);
  if (refusal.reason == Rejection::ledger_not_granted) {
    const std::string item =
        shape.list.empty() ? "" : "/" + std::string(shape.list) + "/" + std::to_string(refusal.item);
    problem.errors.push_back({FieldError::Place::pointer, item, std::string(name(refusal.reason)),
                              "A ledger of this item is not granted to the client."});
  }
  return to_response(problem, request_id);
}

std::string write_results(const Outcome& outcome, const Shape& shape, std::string_view position) {
  json::Writer out;
  out.reserve((outcome.last().value - outcome.first().value + 2) * result_bytes_typical);
  out.begin_object().key("results").begin_array();
  ResultWriter results(out, shape);
  outcome.for_each([&results](const Event& event) { results.event(event); });
  out.end_array();
  if (results.dry_run()) out.key("dry_run").boolean(true);
  out.string("position", position).end_object();
  return out.take();
}

}  // namespace

Response batch_response(const Outcome& outcome, BookId book, const Shape& shape,
                        std::string_view request_id) {
  const std::string position = encode_position({book, outcome.last()});
  Response response;
  if (const auto* refusal = std::get_if<CommandRefused>(&outcome.front().body))
    response = refused(*refusal, shape, request_id);
  else if (shape.form == Form::records)
    response = {.content_type = std::string(records_media_type), .body = write_result_records(outcome)};
  else response = json_response(write_results(outcome, shape, position));
  response.headers.emplace_back(position_field, position);
  if (outcome.replayed()) response.headers.emplace_back(replayed_field, "true");
  return response;
}

}  // namespace florin::gateway
