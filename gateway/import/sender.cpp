#include "gateway/import/sender.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/assert.hpp"
#include "gateway/import/chains.hpp"

namespace florin::importing {
namespace {

using nlohmann::json;

constexpr std::size_t chain_bytes_max = 4 * batch_bytes_max;

// The faults of a form: something in the batch is wrong, if not always where.
bool malformed(int status) { return status == 400 || status == 413 || status == 422; }

bool is_new(std::string_view status) { return status == "created" || status == "set"; }

// An id is a hash of all that matters, so a difference of metadata is one of the place in the file.
bool was_there(std::string_view status) {
  return status == "exists" || status == "exists_with_different_metadata";
}

// What a dry run cannot see, since what it depends on is not there before a real one.
bool depends_on_others(std::string_view status) {
  return status == "account_not_found" || status == "target_not_found" ||
         status == "pending_transfer_not_found";
}

std::string hint(std::string_view status) {
  if (status == "imported_event_timestamp_must_not_regress")
    return "a book takes imports in the order of their dates, and before anything else: use a book of its "
           "own, and "
           "add to a journal at its end only";
  if (status == "id_already_failed") return "this id was refused before; that is remembered";
  return {};
}

// Whatever a result says beside its status, such as the account and the amount that is available.
std::string detail_of(const json& result) {
  std::string text;
  for (const auto& [name, value] : result.items()) {
    if (name == "status" || name == "timestamp" || name == "kind" || value.is_structured()) continue;
    text += (text.empty() ? "" : ", ") + name + " " +
            (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

}  // namespace

void Sender::begin(const Target& target) {
  FLORIN_ASSERT(waiting_.empty());
  target_ = target;
  report_.counts(target.kind);
}

Result<void> Sender::add(Item item) {
  const bool full = waiting_.size() >= options_.batch_items || events_ + item.events > bulk_events_max ||
                    bytes_ + item.json.size() > batch_bytes_max;
  const bool other = !waiting_.empty() && waiting_.back().imported != item.imported;
  if ((full || other) && !waiting_.empty()) FLORIN_TRY(send_whole_chains());
  events_ += item.events;
  bytes_ += item.json.size();
  waiting_.push_back(std::move(item));
  return {};
}

Result<void> Sender::finish() {
  Batch batch = std::exchange(waiting_, {});
  events_ = bytes_ = 0;
  return batch.empty() ? Result<void>() : send(std::move(batch));
}

// Sends all but a chain that has not ended. One that fills a batch may grow to what the server takes at most.
Result<void> Sender::send_whole_chains() {
  std::size_t end = waiting_.size();
  while (end > 0 && waiting_[end - 1].linked) --end;
  if (end == 0 && waiting_.size() < batch_items_max && bytes_ < chain_bytes_max) return {};
  if (end == 0)
    return fail(Errc::format, "the chain of linked items that begins at " + waiting_[0].source.file + ":" +
                                  std::to_string(waiting_[0].source.line) +
                                  " is longer than a batch; what stands before it was sent");
  Batch batch(std::make_move_iterator(waiting_.begin()),
              std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(end)));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(end));
  events_ = bytes_ = 0;
  for (const Item& item : waiting_) {
    events_ += item.events;
    bytes_ += item.json.size();
  }
  return send(std::move(batch));
}

Result<void> Sender::send(Batch batch) {
  FLORIN_TRY_ASSIGN(const HttpAnswer answer,
                    api_.post(target_.path, body_of(target_, batch, options_.dry_run)));
  if (answer.status == 200) return settle(batch, answer);
  const ApiProblem problem = read_problem(answer, target_.list);
  if (!malformed(problem.status) && (problem.status != 403 || problem.items.empty()))
    return refused_call("POST " + target_.path, problem);
  return retry_without(std::move(batch), problem);
}

// Takes out what the problem blames, each with its chain. When it blames nothing, halves of the batch are
// sent, until the fault stands alone.
Result<void> Sender::retry_without(Batch batch, const ApiProblem& problem) {
  std::vector<bool> out(batch.size());
  for (const ItemError& error : problem.items) {
    if (error.item >= batch.size() || out[error.item]) continue;
    const auto [first, end] = chain_around(batch, error.item);
    for (std::size_t i = first; i < end; ++i) {
      if (out[i]) continue;
      out[i] = true;
      refuse(batch[i], i == error.item ? error.code : "linked_event_failed",
             i == error.item ? error.detail : "");
    }
  }
  const bool blamed = std::find(out.begin(), out.end(), true) != out.end();
  Batch first, second;
  const auto [chain, chain_end] = chain_around(batch, batch.size() / 2);
  const std::size_t half = chain > 0 ? chain : chain_end;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (out[i]) continue;
    if (!blamed && half == batch.size()) refuse(batch[i], problem.code, problem.detail);
    else (blamed || i < half ? first : second).push_back(std::move(batch[i]));
  }
  progress_.advance(std::exchange(settled_, 0));
  if (!first.empty()) FLORIN_TRY(send(std::move(first)));
  return second.empty() ? Result<void>() : send(std::move(second));
}

Result<void> Sender::settle(const Batch& batch, const HttpAnswer& answer) {
  FLORIN_TRY_ASSIGN(auto read, read_results(answer, target_, batch.size()));
  position_ = std::move(read.position);
  std::vector<json>& results = read.results;
  FLORIN_TRY(look_into_broken_chains(api_, target_, batch, results));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const std::string status = status_of(results[i]);
    Counts& counts = report_.counts(target_.kind);
    if (is_new(status)) ++counts.created;
    else if (was_there(status)) ++counts.existed;
    else if (options_.dry_run && depends_on_others(status)) ++counts.unseen;
    else {
      std::string detail = detail_of(results[i]), more = hint(status);
      refuse(batch[i], status, detail.empty() || more.empty() ? detail + more : detail + "; " + more);
      continue;
    }
    settled_ += batch[i].weight;
  }
  progress_.advance(std::exchange(settled_, 0));
  return {};
}

void Sender::refuse(const Item& item, std::string status, std::string detail) {
  report_.refuse({item.source, target_.kind, item.id, std::move(status), std::move(detail)});
  settled_ += item.weight;
}

}  // namespace florin::importing
