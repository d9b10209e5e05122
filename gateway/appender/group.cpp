#include "gateway/appender/group.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/hash.hpp"

namespace florin::gateway {
namespace {

// A group waits at most this long for as many commands as the last one held.
constexpr std::chrono::microseconds gather_max{300};
constexpr std::chrono::milliseconds answer_wait{
    100};  // how often waiters are looked through for passed deadlines
constexpr std::size_t answer_bytes_max = 4u << 20;  // of event records read at once

const Error stopped_error{Errc::stopped,
                          "the server is shutting down or its journal failed; nothing was accepted"};
// For what was handed to the journal: whether it is there shows at the next start, so it is never called
// refused.
const Error unknown_error{Errc::deadline, "the outcome is not known; ask again with the same id"};

}  // namespace

Result<std::unique_ptr<GroupAppender>> GroupAppender::open(GroupPorts ports, GroupOptions options) {
  std::unique_ptr<GroupAppender> appender(new GroupAppender(ports, std::move(options)));
  appender->next_event_ = ports.events.next();
  FLORIN_TRY(appender->open_epoch());
  appender->append_thread_ = std::thread([raw = appender.get()] { raw->append_loop(); });
  appender->answer_thread_ = std::thread([raw = appender.get()] { raw->answer_loop(); });
  return appender;
}

GroupAppender::~GroupAppender() { stop(); }

Result<void> GroupAppender::open_epoch() {
  header_.partition = options_.partition;
  header_.appender = options_.appender;
  header_.key = options_.key;
  header_.send_time = ports_.clock.now();
  header_.count = 1;
  Bytes payload;
  encode_command({CommandHeader{}, OpenAppender{options_.rank}}, payload);
  FLORIN_TRY_ASSIGN(Bytes sealed, ports_.envelope.seal_record(header_, payload));
  FLORIN_TRY_ASSIGN(const Appended appended, ports_.journal.append(std::span(&sealed, 1)));
  header_.epoch = appended.first;
  header_.previous = blake2b(sealed);
  last_stamp_ns_ = appended.stamp.value;
  return {};
}

Result<void> GroupAppender::submit(Command command, Done done) {
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
  pending.waiter = {std::move(done), std::chrono::steady_clock::now() + options_.answer_max};
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || failed_) return florin::fail(stopped_error);
    if (queue_.size() + in_flight_.commands() >= queue_commands_max ||
        queue_bytes_ + pending.encoded.size() > queue_bytes_max)
      return florin::fail(Errc::overloaded,
                          "too many commands wait for the journal; nothing was accepted, try again later");
    queue_bytes_ += pending.encoded.size();
    queue_.push_back(std::move(pending));
  }
  wake_.notify_one();
  return {};
}

void GroupAppender::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (append_thread_.joinable()) append_thread_.join();
  if (answer_thread_.joinable()) answer_thread_.join();
  fail(stopped_error);
}

void GroupAppender::append_loop() {
  for (std::deque<Pending> pending = take(); !pending.empty(); pending = take()) {
    while (!pending.empty()) {
      SealedGroup group;
      Result<void> done = seal(pending, group);
      if (done) done = append(group);
      if (done) continue;
      for (Pending& unsent : pending) unsent.waiter.done(florin::fail(done.error()));
      break_off(done.error());
      return;
    }
  }
}

// Everything that waits, or an empty queue when the appender stops.
std::deque<GroupAppender::Pending> GroupAppender::take() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  // Callers come back in the company that they were answered in: what the last group held is on its way
  // again. A caller alone never waits.
  wake_.wait_for(lock, gather_max, [this] { return stopping_ || queue_.size() >= last_group_; });
  if (stopping_) return {};
  last_group_ = queue_.size();
  queue_bytes_ = 0;
  return std::exchange(queue_, {});
}

// Seals records from the front of `pending` until it is empty or the group is full.
Result<void> GroupAppender::seal(std::deque<Pending>& pending, SealedGroup& group) {
  while (!pending.empty() && group.records.size() < append_group_records_max &&
         group.bytes < group_bytes_max) {
    Bytes payload;
    std::vector<Waiter> waiters;
    while (!pending.empty() && waiters.size() < record_commands_max &&
           (waiters.empty() || payload.size() + pending.front().encoded.size() <= record_payload_target)) {
      payload.insert(payload.end(), pending.front().encoded.begin(), pending.front().encoded.end());
      waiters.push_back(std::move(pending.front().waiter));
      pending.pop_front();
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
    in_flight_.add(header_.previous, std::move(waiters));
    group.records.push_back(*std::move(sealed));
  }
  return {};
}

Result<void> GroupAppender::append(SealedGroup& group) {
  const auto begin = std::chrono::steady_clock::now();
  auto appended = ports_.journal.append(group.records);
  if (!appended) {
    for (const Hash256& hash : group.hashes) in_flight_.fail(hash, unknown_error);
    return florin::fail(std::move(appended).error());
  }
  last_stamp_ns_ = appended->stamp.value;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (options_.on_group)
    options_.on_group(group.records.size(), group.commands, group.bytes, seconds.count());
  return {};
}

void GroupAppender::answer_loop() {
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    in_flight_.expire(std::chrono::steady_clock::now());
    if (!ports_.events.wait_beyond(next_event_, std::chrono::steady_clock::now() + answer_wait)) continue;
    auto batches = ports_.events.read(next_event_, answer_bytes_max);
    if (!batches) return break_off(batches.error());
    for (const EventBatchPtr& batch : *batches) {
      FLORIN_ASSERT(batch->header.first <= next_event_ && batch->next() > next_event_);
      next_event_ = batch->next();
      for (auto& [waiter, outcome] : in_flight_.answer(batch)) waiter.done(resolve(std::move(outcome)));
    }
  }
}

// A repeated command gets the first answer, which stands in older events.
Result<Outcome> GroupAppender::resolve(Outcome outcome) const {
  if (outcome.empty())
    return florin::fail(Errc::stopped, "the record was fenced by a newer gateway; nothing was applied");
  const auto* repeated = std::get_if<CommandRepeated>(&outcome.front().body);
  if (repeated == nullptr) return outcome;
  Outcome first_answer;
  first_answer.mark_replayed();
  const std::uint64_t end = repeated->first.value + repeated->count;
  for (std::uint64_t next = repeated->first.value; next < end;) {
    FLORIN_TRY_ASSIGN(const auto batches, ports_.events.read(Sequence{next}, 0));
    FLORIN_ASSERT(!batches.empty());  // what a decision refers to was published before it
    const EventBatchPtr& batch = batches.front();
    const std::uint64_t base = batch->header.first.value;
    const std::uint64_t stop = std::min(end, batch->next().value);
    first_answer.add({batch, static_cast<std::size_t>(next - base), static_cast<std::size_t>(stop - base)});
    next = stop;
  }
  return first_answer;
}

void GroupAppender::break_off(const Error& error) {
  if (!told_.exchange(true)) options_.on_failure(error);
  fail(error);
}

void GroupAppender::fail(const Error& error) {
  failed_ = true;
  std::deque<Pending> unsent;
  {
    std::lock_guard lock(mutex_);
    unsent = std::exchange(queue_, {});
    queue_bytes_ = 0;
  }
  for (Pending& pending : unsent) pending.waiter.done(florin::fail(error));
  in_flight_.fail_all(unknown_error);
}

}  // namespace florin::gateway
