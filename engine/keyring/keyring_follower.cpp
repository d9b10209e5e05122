#include "engine/keyring/keyring_follower.hpp"

#include "engine/telemetry/log.hpp"

namespace florin {
namespace {

constexpr std::chrono::milliseconds follow_wait{100};   // how soon a topic that is closed is left alone
constexpr std::chrono::milliseconds restart_wait{500};  // after a read that failed

Error not_in_time(const kafka::Partition& partition) {
  return {Errc::io, "the brokers did not give the newest records of " + kafka::to_string(partition) +
                        " in time; see whether its leader is up"};
}

}  // namespace

Result<void> read_to(kafka::Reader& reader, std::uint64_t end, kafka::Deadline deadline,
                     const std::function<Result<void>(const kafka::Message&)>& take) {
  while (reader.position() < end) {
    FLORIN_TRY_ASSIGN(const auto message, reader.next(deadline));
    if (message) FLORIN_TRY(take(*message));
    else if (std::chrono::steady_clock::now() >= deadline)
      return fail(Errc::io,
                  "the brokers did not give all records of the keyring's topic in time; see whether "
                  "its leader is up");
  }
  return {};
}

Result<std::unique_ptr<KeyringFollower>> KeyringFollower::open(const kafka::Connection& connection,
                                                               const kafka::Partition& partition, Keks keks,
                                                               kafka::Deadline deadline) {
  std::unique_ptr<KeyringFollower> follower(new KeyringFollower(connection, partition, std::move(keks)));
  FLORIN_TRY_ASSIGN(follower->reader_, kafka::Reader::open(connection, partition, deadline,
                                                           kafka::Reads::the_end, kafka::Offsets::compacted));
  FLORIN_TRY(follower->read_all(deadline));
  follower->thread_ = std::thread(&KeyringFollower::follow, follower.get());
  return follower;
}

KeyringFollower::~KeyringFollower() {
  on_change({});
  closing_ = true;
  if (thread_.joinable()) thread_.join();
}

Result<void> KeyringFollower::read_all(kafka::Deadline deadline) {
  FLORIN_TRY_ASSIGN(const std::uint64_t end, find_end(deadline));
  FLORIN_TRY(reader_->start(0));
  const auto take_one = [this](const kafka::Message& message) -> Result<void> {
    FLORIN_TRY(take(message));
    return {};
  };
  FLORIN_TRY(read_to(*reader_, end, deadline, take_one));
  keys_.settle();
  position_ = reader_->position();
  return {};
}

Result<bool> KeyringFollower::take(const kafka::Message& message) {
  return keys_.take(message.offset(), as_text(message.key()), as_text(message.value()));
}

void KeyringFollower::follow() {
  while (!closing_) follow_once();
}

void KeyringFollower::follow_once() {
  const auto message = reader_->next(kafka::deadline_in(follow_wait));
  if (!message) return start_again(message.error());
  Result<bool> changed = false;
  {
    const std::lock_guard lock(mutex_);
    if (*message) changed = take(**message);
    if (!changed && !damage_) damage_ = changed.error();
    if (*message) failure_.reset();
    position_ = reader_->position();
  }
  moved_.notify_all();
  if (*message) report(changed);
  if (!changed || !*changed) return;
  const std::lock_guard lock(call_mutex_);
  if (call_) call_();
}

// The topic is followed for as long as the process lives: what is in memory is answered meanwhile.
void KeyringFollower::start_again(const Error& failure) {
  report(fail(failure));
  {
    const std::lock_guard lock(mutex_);
    failure_ = failure;
  }
  std::this_thread::sleep_for(restart_wait);
  if (const auto started = reader_->start(reader_->position()); !started) report(fail(started.error()));
}

void KeyringFollower::report(const Result<bool>& taken) {
  const auto refused = look([](const TopicKeys& keys) { return keys.refused(); });
  const std::string reason = !taken ? taken.error().message : refused ? refused->message : "";
  if (!reason.empty() && reason != reported_) log::warn("keyring_not_followed", {{"reason", reason}});
  reported_ = reason;
}

Result<void> KeyringFollower::wait_for(std::uint64_t end, kafka::Deadline deadline) const {
  std::unique_lock lock(mutex_);
  const bool there = moved_.wait_until(lock, deadline, [&] { return position_ >= end; });
  if (damage_) return fail(*damage_);
  if (!there) return fail(failure_ ? *failure_ : not_in_time(partition_));
  return {};
}

Result<void> KeyringFollower::catch_up(kafka::Deadline deadline) const {
  FLORIN_TRY_ASSIGN(const std::uint64_t end, find_end(deadline));
  return wait_for(end, deadline);
}

bool KeyringFollower::wait_until(const std::function<bool(const TopicKeys&)>& true_of,
                                 kafka::Deadline deadline) const {
  std::unique_lock lock(mutex_);
  return moved_.wait_until(lock, deadline, [&] { return true_of(keys_); });
}

void KeyringFollower::on_change(std::function<void()> call) {
  const std::lock_guard lock(call_mutex_);
  call_ = std::move(call);
}

}  // namespace florin
