#include "gateway/appender/coordinator.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"
#include "engine/base/hash.hpp"

namespace florin::gateway {
namespace {

constexpr std::size_t answer_bytes_max = 4u << 20;  // of event records read at once

std::chrono::milliseconds age_max(const GroupOptions& options) {
  return options.answer_max * UnansweredShareMax::num / UnansweredShareMax::den;
}

const Error stopped_error{Errc::stopped,
                          "the server is shutting down or its journal failed; nothing was accepted"};
// For what was handed to the journal: whether it is there shows at the next start, so it is never called
// refused.
const Error in_doubt_error{Errc::overloaded,
                           "the brokers do not say what became of an append before; nothing was accepted, "
                           "try again"};
const Error unknown_error{Errc::deadline, "the outcome is not known; ask again with the same id"};

constexpr std::uint64_t no_epoch = 0;  // the genesis stands there

bool fenced(const EventBatch& batch) {
  return std::any_of(batch.events.begin(), batch.events.end(), [](const Event& event) {
    const auto* skipped = std::get_if<RecordSkipped>(&event.body);
    return skipped != nullptr && skipped->reason == RecordSkipped::Reason::fenced;
  });
}

}  // namespace

Result<std::unique_ptr<GroupCoordinator>> GroupCoordinator::open(GroupPorts ports, GroupOptions options) {
  std::unique_ptr<GroupCoordinator> coordinator(new GroupCoordinator(ports, std::move(options)));
  coordinator->next_event_ = ports.events.next();
  FLORIN_TRY(coordinator->open_epoch());
  return coordinator;
}

Result<void> GroupCoordinator::open_epoch() {
  header_ = {};
  header_.partition = options_.partition;
  header_.appender = options_.appender;
  header_.key = {key_};
  header_.send_time = ports_.clock.now();
  header_.count = 1;
  Bytes payload;
  encode_command({CommandHeader{}, OpenAppender{options_.rank}}, payload);
  FLORIN_TRY_ASSIGN(Bytes sealed, ports_.envelope.seal_record(header_, payload));
  // From here on a record of an older epoch may be fenced by this one, also before the append has returned.
  epoch_ = no_epoch;
  FLORIN_TRY_ASSIGN(const Appended appended, ports_.journal.append(std::span(&sealed, 1)));
  header_.epoch = appended.first;
  header_.previous = blake2b(sealed);
  epoch_ = appended.first.value;
  last_stamp_ns_ = appended.stamp.value;
  return {};
}

Result<void> GroupCoordinator::submit(const Command& command, Done done, SteadyTime now) {
  Pending pending;
  encode_command(command, pending.encoded);
  if (pending.encoded.size() > command_bytes_max)
    return florin::fail(Errc::invalid_argument, "the command does not fit into a record of the journal");
  // What the system itself appends is small, and releases what clients hold.
  if (command.header.principal.kind != PrincipalKind::system && !options_.room())
    return florin::fail(Errc::disk_full,
                        "the disk has less free space than is kept in reserve; nothing was accepted");
  if (last_stamp_ns_ > ports_.clock.now().value + clock_skew_ns_max)
    return florin::fail(Errc::stopped,
                        "the journal's time is more than 5 s ahead of this machine's clock; set the clock");
  pending.waiter = {std::move(done), now, now + options_.answer_max};
  return queue_.add(std::move(pending), {in_flight_.load(), window_.bytes(), age_max(options_)});
}

bool GroupCoordinator::append_once() {
  if (pending_.empty()) pending_ = queue_.take(in_flight_.load().commands);
  if (pending_.empty()) return false;
  const Result<void> done = failed_ ? florin::fail(stopped_error) : append_pending();
  if (!done) {
    for (Pending& unsent : std::exchange(pending_, {})) unsent.waiter.done(florin::fail(done.error()));
    if (done.error().code != Errc::overloaded) break_off(done.error());
  }
  return !pending_.empty();
}

Result<void> GroupCoordinator::append_pending() {
  if (in_doubt_) FLORIN_TRY(go_on());
  SealedGroup group{.before = header_, .records = {}, .hashes = {}};
  FLORIN_TRY(seal(group));
  FLORIN_TRY(append(group));
  // Who answers may have failed meanwhile, and then told all who waited before these.
  if (failed_) in_flight_.fail_all(unknown_error);
  return {};
}

// In a new epoch: whatever of the one before arrives now is fenced. Errors: overloaded when it may be tried
// again.
Result<void> GroupCoordinator::go_on() {
  FLORIN_TRY(ports_.journal.reopen());
  const auto opened = open_epoch();
  if (!opened && opened.error().code == Errc::deadline) return florin::fail(in_doubt_error);
  FLORIN_TRY(opened);
  in_doubt_ = false;
  return {};
}

// Seals records from the front of what waits until it is empty or the group is full.
Result<void> GroupCoordinator::seal(SealedGroup& group) {
  while (!pending_.empty() && group.records.size() < append_group_records_max &&
         group.bytes < group_bytes_max)
    FLORIN_TRY(seal_record(group));
  return {};
}

Result<void> GroupCoordinator::seal_record(SealedGroup& group) {
  Bytes payload;
  std::vector<Waiter> waiters;
  while (!pending_.empty() && waiters.size() < record_commands_max &&
         (waiters.empty() || payload.size() + pending_.front().encoded.size() <= record_payload_target)) {
    payload.insert(payload.end(), pending_.front().encoded.begin(), pending_.front().encoded.end());
    waiters.push_back(std::move(pending_.front().waiter));
    pending_.pop_front();
  }
  header_.key = {key_};
  header_.counter += 1;
  header_.count = static_cast<std::uint32_t>(waiters.size());
  header_.send_time = ports_.clock.now();
  auto sealed = ports_.envelope.seal_record(header_, payload);
  if (!sealed) {
    for (Waiter& waiter : waiters) waiter.done(florin::fail(sealed.error()));
    for (const Hash256& hash : group.hashes) in_flight_.fail(hash, sealed.error());
    return florin::fail(std::move(sealed).error());
  }
  header_.previous = blake2b(*sealed);
  group.commands += waiters.size();
  group.bytes += sealed->size();
  group.hashes.push_back(header_.previous);
  in_flight_.add(header_.previous, header_.epoch, sealed->size(), std::move(waiters));
  group.records.push_back(*std::move(sealed));
  return {};
}

Result<void> GroupCoordinator::append(SealedGroup& group) {
  const auto begin = std::chrono::steady_clock::now();
  auto appended = ports_.journal.append(group.records);
  if (!appended) return take_back(group, appended.error());
  last_stamp_ns_ = appended->stamp.value;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (options_.on_group)
    options_.on_group(group.records.size(), group.commands, group.bytes, seconds.count());
  return {};
}

// A full disk took nothing of the group, nor did brokers that are away: its callers may be refused, and the
// next record stands in its place of the chain.
Result<void> GroupCoordinator::take_back(SealedGroup& group, const Error& error) {
  if (error.code == Errc::deadline && leave_in_doubt()) return florin::fail(in_doubt_error);
  const bool refused = error.code == Errc::disk_full || error.code == Errc::overloaded;
  for (const Hash256& hash : group.hashes) in_flight_.fail(hash, refused ? error : unknown_error);
  if (!refused) return florin::fail(error);
  header_ = group.before;
  return {};
}

// Whether the journal goes on, now or later; then the group's callers wait for its events.
Result<void> GroupCoordinator::leave_in_doubt() {
  in_doubt_ = true;
  auto gone_on = go_on();
  if (!gone_on && gone_on.error().code != Errc::overloaded) return gone_on;
  return {};
}

GroupCoordinator::GroupCoordinator(GroupPorts ports, GroupOptions options)
    : ports_(ports),
      options_(std::move(options)),
      queue_(options_.gather_max),
      window_(age_max(options_) / 2),
      key_(options_.key.value) {}

bool GroupCoordinator::answer_once(SteadyTime now) {
  in_flight_.expire(now);
  const Result<void> answered = answer(now);
  if (!answered) break_off(answered.error());
  return answered.has_value();
}

Result<void> GroupCoordinator::answer(SteadyTime now) {
  if (ports_.events.next() <= next_event_) return {};
  FLORIN_TRY_ASSIGN(const auto batches, ports_.events.read(next_event_, answer_bytes_max));
  for (const EventBatchPtr& batch : batches) {
    FLORIN_ASSERT(batch->header.first <= next_event_ && batch->next() > next_event_);
    next_event_ = batch->next();
    InFlight::Answers answers = in_flight_.answer(batch);
    if (answers.submitted) window_.answered(answers.bytes, now - *answers.submitted, now);
    // Whatever else it appends in this epoch would be passed over too, so that ends before anyone is
    // answered.
    const bool passed_over = answers.epoch == Ordinal{epoch_} && fenced(*batch);
    const Result<void> goes_on = passed_over ? on_fenced(now) : Result<void>();
    if (!goes_on) break_off(goes_on.error());
    for (auto& [waiter, outcome] : answers.commands) waiter.done(resolve(std::move(outcome)));
    FLORIN_TRY(goes_on);
  }
  return {};
}

Result<void> GroupCoordinator::on_fenced(SteadyTime now) {
  if (now - fenced_at_ > fenced_interval) fenced_ = 0;
  fenced_at_ = now;
  if (fenced_++ >= options_.fenced_max)
    return florin::fail(Errc::stopped,
                        "a newer gateway has opened as appender " + to_string(options_.appender) +
                            ", so what this one appends is not applied; start it again, as another "
                            "`node` if both are to run");
  in_doubt_ = true;
  return {};
}

// A repeated command gets the first answer, which stands in older events.
Result<Outcome> GroupCoordinator::resolve(Outcome outcome) const {
  if (outcome.empty())
    return florin::fail(Errc::stopped, "the record was fenced by a newer gateway; nothing was applied");
  const auto* repeated = std::get_if<CommandRepeated>(&outcome.front().body);
  if (repeated == nullptr) return outcome;
  Outcome first_answer;
  first_answer.mark_replayed();
  const std::uint64_t end = repeated->first.value + repeated->count;
  for (std::uint64_t next = repeated->first.value; next < end;) {
    FLORIN_TRY_ASSIGN(const auto batches, ports_.events.read(Sequence{next}, 0));
    FLORIN_ASSERT(!batches.empty());  // what a decision refers to was decided before it
    const EventBatchPtr& batch = batches.front();
    const std::uint64_t base = batch->header.first.value;
    const std::uint64_t stop = std::min(end, batch->next().value);
    first_answer.add({batch, static_cast<std::size_t>(next - base), static_cast<std::size_t>(stop - base)});
    next = stop;
  }
  return first_answer;
}

void GroupCoordinator::break_off(const Error& error) {
  if (!told_.exchange(true)) options_.on_failure(error);
  fail(error);
}

void GroupCoordinator::give_up() { fail(stopped_error); }

void GroupCoordinator::fail(const Error& error) {
  failed_ = true;
  queue_.close();
  for (Pending& pending : queue_.take(0)) pending.waiter.done(florin::fail(error));
  in_flight_.fail_all(unknown_error);
}

}  // namespace florin::gateway
