#include "gateway/commands/results.hpp"

#include "gateway/json/writer.hpp"
#include "gateway/queries/position.hpp"

namespace florin::gateway {
namespace {

constexpr std::size_t result_bytes_typical = 64;

void write_result(json::Writer& out, std::string_view status, Timestamp timestamp) {
  out.begin_object().string("status", status).decimal("timestamp", timestamp.value).end_object();
}

struct ResultWriter {
  json::Writer& out;
  void operator()(const LedgerOpened& body) const { write_result(out, "created", body.ledger.timestamp); }
  void operator()(const LedgerRefused& body) const { write_result(out, name(body.status), body.timestamp); }
  void operator()(const AccountCreated& body) const { write_result(out, "created", body.account.timestamp); }
  void operator()(const AccountRefused& body) const { write_result(out, name(body.status), body.timestamp); }
  void operator()(const TransferCreated& body) const {
    write_result(out, "created", body.transfer.timestamp);
  }
  void operator()(const TransferRefused& body) const { write_result(out, name(body.status), body.timestamp); }
  template <class Other>
  void operator()(const Other&) const {}  // not the outcome of an item
};

Response refused(const CommandRefused& refusal, std::string_view list, std::string_view request_id) {
  Problem problem = to_problem(refusal.reason);
  if (refusal.reason == Rejection::ledger_not_granted)
    problem.errors.push_back(
        {FieldError::Place::pointer, "/" + std::string(list) + "/" + std::to_string(refusal.item) + "/ledger",
         std::string(name(refusal.reason)), "This ledger is not granted to the client."});
  return to_response(problem, request_id);
}

}  // namespace

Response batch_response(const Outcome& outcome, BookId book, std::string_view list,
                        std::string_view request_id) {
  const std::string position = encode_position({book, outcome.last()});
  if (const auto* refusal = std::get_if<CommandRefused>(&outcome.front().body)) {
    Response response = refused(*refusal, list, request_id);
    response.headers.emplace_back(position_field, position);
    return response;
  }
  json::Writer out;
  out.reserve((outcome.last().value - outcome.first().value + 2) * result_bytes_typical);
  out.begin_object().key("results").begin_array();
  outcome.for_each([&out](const Event& event) { std::visit(ResultWriter{out}, event.body); });
  out.end_array().string("position", position).end_object();
  Response response = json_response(out.take());
  response.headers.emplace_back(position_field, position);
  return response;
}

}  // namespace florin::gateway
