// What every query shares: waiting for the position that the client asks for, a worker thread, the client's
// grants, and reading of parameters.
#pragma once

#include <span>

#include "gateway/json/field_error.hpp"
#include "gateway/queries/queries.hpp"
#include "schemas/money.hpp"

namespace florin::gateway {

// An answer, or why there is none.
using Answered = tl::expected<Response, Problem>;
using Question = std::function<Answered(const Request&, const Client&)>;

// Waits until `models`, which are all that the answer is made of, and the directory have reached
// min_position, then asks on a worker thread, and sends what comes of it. The client that `question` gets is
// the caller as the directory knows it: with the grant of a ledger that it has just opened.
void read(const QueryPorts& ports, std::vector<projections::Progress*> models, const RequestPtr& request,
          const Reply& reply, Question question);

// The sequence that the client asks for with min_position, 0 when it does not ask; or what is wrong with it.
// It may lie beyond the head.
tl::expected<Sequence, Problem> wanted_position(const Request& request);

// Calls `then` when the sequence is no later than the head: at once, or from a worker thread after a look at
// the broker. Else answers that it lies beyond the last event.
void within_head(const EventHead& head, WorkerPool& workers, Sequence sequence, const RequestPtr& request,
                 const Reply& reply, std::function<void()> then);

// Lets the router answer an operation by read() with this question of these models.
void bind_question(Router& router, const QueryPorts& ports, std::string_view operation,
                   std::vector<projections::Progress*> models,
                   Answered (*question)(const QueryPorts&, const Request&, const Client&));

// The value of an answer of a read model, or the problem of its error.
template <class T>
tl::expected<T, Problem> value_of(Result<T> result) {
  if (!result) return tl::unexpected(to_problem(result.error(), CallKind::query));
  return *std::move(result);
}

// 200 with this body, true at this position.
Response at_position(const Request& request, Sequence at, std::string body);

// Parameters of the URL, with errors collected.
class Parameters {
 public:
  explicit Parameters(const Request& request) : request_(request) {}
  std::optional<u128> number(std::string_view name, u128 max, u128 min = 0);
  std::optional<Timestamp> timestamp(std::string_view name);
  std::optional<std::string_view> one_of(std::string_view name,
                                         std::initializer_list<std::string_view> values);
  // Values with commas between, each once, ascending; none when the parameter is not given.
  std::vector<u128> numbers(std::string_view name, u128 max, std::size_t values_max);
  // The same of names: their places in `known`.
  std::vector<std::size_t> names(std::string_view name, std::span<const std::string_view> known);
  void wrong(std::string_view name, std::string detail);
  bool right() const { return errors_.empty(); }
  Problem problem();

 private:
  const Request& request_;
  FieldErrors errors_;
};

tl::expected<u128, Problem> path_id(const Request& request);  // {id} of the path, as a 128-bit number

}  // namespace florin::gateway
