#include "gateway/queries/reading.hpp"

#include <algorithm>
#include <atomic>

#include "gateway/queries/position.hpp"

namespace florin::gateway {
namespace {

Problem wrong_position(std::string detail) {
  return field_problem(ProblemCode::position_invalid,
                       {FieldError::Place::parameter, "min_position", "invalid", std::move(detail)});
}

Problem beyond_head() { return wrong_position("It lies beyond the last event."); }

// The caller as the directory knows it now: its grants are judged here, not by what the token said once.
tl::expected<Client, Problem> caller(const QueryPorts& ports, const Request& request) {
  auto found = ports.directory.client(request.auth.book, {request.auth.principal.id});
  if (!found) return tl::unexpected(to_problem(found.error(), CallKind::query));
  if (!found->value) return tl::unexpected(to_problem(AuthRefusal::client_unknown));
  if (found->value->revoked) return tl::unexpected(to_problem(AuthRefusal::client_revoked));
  return *std::move(found->value);
}

Response answer(const QueryPorts& ports, const Request& request, const Question& question) {
  const auto client = caller(ports, request);
  if (!client) return to_response(client.error(), request.request_id);
  auto answered = question(request, *client);
  if (!answered) return to_response(answered.error(), request.request_id);
  return *std::move(answered);
}

Problem too_many_queries() {
  return to_problem(Error{Errc::overloaded, "Too many queries wait; try again."}, CallKind::query);
}

// Calls `then` once, when every model has reached the sequence: at once, or on the thread of the last one to
// get there; never when the caller stopped waiting before.
void when_all(const std::vector<projections::Progress*>& models, Sequence sequence, const Reply& reply,
              std::function<void()> then) {
  const auto reached = [sequence](const auto* model) { return model->position() >= sequence; };
  if (std::all_of(models.begin(), models.end(), reached)) return then();
  // One more than the models: the last is this function's own, so that `then` runs after on_cancel().
  const auto missing = std::make_shared<std::atomic<std::size_t>>(models.size() + 1);
  const auto arrived = [missing, then = std::move(then)] {
    if (missing->fetch_sub(1) == 1) then();
  };
  std::vector<std::pair<projections::Progress*, projections::Progress::Token>> waits;
  for (projections::Progress* model : models) waits.emplace_back(model, model->when(sequence, arrived));
  reply.on_cancel([waits = std::move(waits)] {
    for (const auto& [model, token] : waits) model->cancel(token);
  });
  arrived();
}

// Nothing is no part.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end + 1 == text.size()) parts.emplace_back();  // a separator at the end has an empty part behind it
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string joined(std::span<const std::string_view> parts, std::string_view between) {
  std::string text;
  for (const std::string_view part : parts) text.append(text.empty() ? "" : between).append(part);
  return text;
}

}  // namespace

tl::expected<Sequence, Problem> wanted_position(const Request& request) {
  const auto text = request.parameter("min_position");
  if (!text) return Sequence{};
  const auto position = decode_position(*text);
  if (!position) return tl::unexpected(wrong_position("It is not a position that this server gave."));
  if (position->book != request.auth.book)
    return tl::unexpected(wrong_position("It is a position of another book."));
  return position->sequence;
}

void within_head(const EventHead& head, WorkerPool& workers, Sequence sequence, const RequestPtr& request,
                 const Reply& reply, std::function<void()> then) {
  const auto refuse = [request, reply](const Problem& problem) {
    reply.send(to_response(problem, request->request_id));
  };
  if (sequence <= head.known()) return then();
  if (!head.is_behind) return refuse(beyond_head());
  const bool posted = workers.post([&head, sequence, refuse, then = std::move(then)] {
    const auto behind = head.is_behind();
    if (!behind) return refuse(to_problem(behind.error(), CallKind::query));
    if (!*behind && sequence > head.known()) return refuse(beyond_head());
    then();
  });
  if (!posted) refuse(too_many_queries());
}

void read(const QueryPorts& ports, std::vector<projections::Progress*> models, const RequestPtr& request,
          const Reply& reply, Question question) {
  const auto sequence = wanted_position(*request);
  if (!sequence) return reply.send(to_response(sequence.error(), request->request_id));
  models.push_back(&ports.directory);
  const Sequence wanted = std::max(*sequence, request->auth.known_at);
  auto ask = [&ports, request, reply, question = std::move(question)] {
    const bool posted = ports.workers.post(
        [&ports, request, reply, question] { reply.send(answer(ports, *request, question)); });
    if (!posted) reply.send(to_response(too_many_queries(), request->request_id));
  };
  within_head(ports.head, ports.workers, *sequence, request, reply,
              [models = std::move(models), wanted, reply, ask = std::move(ask)] {
                when_all(models, wanted, reply, ask);
              });
}

void bind_question(Router& router, const QueryPorts& ports, std::string_view operation,
                   std::vector<projections::Progress*> models,
                   Answered (*question)(const QueryPorts&, const Request&, const Client&)) {
  router.bind(operation, [&ports, models = std::move(models), question](RequestPtr request, Reply reply) {
    read(ports, models, request, reply, [&ports, question](const Request& asked, const Client& client) {
      return question(ports, asked, client);
    });
  });
}

Response at_position(const Request& request, Sequence at, std::string body) {
  Response response = json_response(std::move(body));
  response.headers.emplace_back(position_field, encode_position({request.auth.book, at}));
  return response;
}

std::optional<u128> Parameters::number(std::string_view name, u128 max, u128 min) {
  const auto text = request_.parameter(name);
  if (!text) return std::nullopt;
  const auto value = parse_decimal(*text, max);
  if (value && *value >= min) return value;
  wrong(name, "It must be a decimal number from " + to_string(min) + " to " + to_string(max) + ".");
  return std::nullopt;
}

std::optional<Timestamp> Parameters::timestamp(std::string_view name) {
  const auto value = number(name, ~std::uint64_t{0});
  if (!value) return std::nullopt;
  return Timestamp{static_cast<std::uint64_t>(*value)};
}

std::optional<std::string_view> Parameters::one_of(std::string_view name,
                                                   std::initializer_list<std::string_view> values) {
  const auto text = request_.parameter(name);
  if (!text) return std::nullopt;
  const auto found = std::find(values.begin(), values.end(), *text);
  if (found != values.end()) return *found;
  wrong(name, "It must be " + joined({values.begin(), values.size()}, " or ") + ".");
  return std::nullopt;
}

std::vector<u128> Parameters::numbers(std::string_view name, u128 max, std::size_t values_max) {
  std::vector<u128> values;
  for (const std::string_view part : split(request_.parameter(name).value_or(""), ',')) {
    const auto value = parse_decimal(part, max);
    if (!value) {
      wrong(name, "It must be decimal numbers from 0 to " + to_string(max) + ", with commas between.");
      return {};
    }
    values.push_back(*value);
  }
  if (values.size() > values_max)
    wrong(name, "It may have at most " + std::to_string(values_max) + " values.");
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::vector<std::size_t> Parameters::names(std::string_view name, std::span<const std::string_view> known) {
  std::vector<std::size_t> places;
  for (const std::string_view part : split(request_.parameter(name).value_or(""), ',')) {
    const auto found = std::find(known.begin(), known.end(), part);
    if (found == known.end()) {
      wrong(name, "It must be of " + joined(known, ", ") + ", with commas between.");
      return {};
    }
    places.push_back(static_cast<std::size_t>(found - known.begin()));
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

void Parameters::wrong(std::string_view name, std::string detail) {
  errors_.add({FieldError::Place::parameter, std::string(name), "invalid", std::move(detail)});
}

Problem Parameters::problem() {
  Problem problem;
  problem.code = ProblemCode::parameter_invalid;
  problem.detail = "Parameters of the URL are wrong; see errors.";
  problem.errors = errors_.take();
  return problem;
}

tl::expected<u128, Problem> path_id(const Request& request) {
  const auto id = parse_decimal(request.path_value("id").value_or(""));
  if (id) return *id;
  return tl::unexpected(
      field_problem(ProblemCode::parameter_invalid,
                    {FieldError::Place::parameter, "id", "invalid",
                     "An id is a decimal number below 2^128, without sign or leading zeros."}));
}

}  // namespace florin::gateway
