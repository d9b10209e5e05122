// The keyring's topic, read from its start and then followed by a thread of its own, which ends with the
// object. Any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/kafka/end_finder.hpp"
#include "engine/keyring/topic_keys.hpp"

namespace florin {

// Every record of a compacted topic from where the reader stands to that end. Errors: those of the reader
// and of `take`, and io when the brokers do not give them until the deadline.
Result<void> read_to(kafka::Reader& reader, std::uint64_t end, kafka::Deadline deadline,
                     const std::function<Result<void>(const kafka::Message&)>& take);

class KeyringFollower {
 public:
  // Reads the topic to its present end. Errors: not_found, io, corrupt, format, invalid_argument.
  static Result<std::unique_ptr<KeyringFollower>> open(const kafka::Connection& connection,
                                                       const kafka::Partition& partition, Keks keks,
                                                       kafka::Deadline deadline);
  ~KeyringFollower();

  // Looks at the keys as they are now.
  template <class Look>
  auto look(Look look) const {
    const std::lock_guard lock(mutex_);
    return look(keys_);
  }

  // The offset behind everything that was appended before the call. Errors: io.
  Result<std::uint64_t> find_end(kafka::Deadline deadline) const { return end_.find(deadline); }
  // Returns when every record before that offset was read. Errors: io (with the reason, where there is one),
  // format (a record that was read before it is none of a keyring).
  Result<void> wait_for(std::uint64_t end, kafka::Deadline deadline) const;
  Result<void> catch_up(kafka::Deadline deadline) const;  // both
  // Whether it came to be before the deadline.
  bool wait_until(const std::function<bool(const TopicKeys&)>& true_of, kafka::Deadline deadline) const;

  // Called by the follower's thread after keys came or went, until it is set to something else; a call that
  // is under way ends first.
  void on_change(std::function<void()> call);

 private:
  KeyringFollower(const kafka::Connection& connection, const kafka::Partition& partition, Keks keks)
      : partition_(partition),
        end_(connection, partition),
        keys_(std::move(keks), "the keyring " + kafka::to_string(partition)) {}
  Result<void> read_all(kafka::Deadline deadline);
  Result<bool> take(const kafka::Message& message);
  void follow();
  void follow_once();
  void start_again(const Error& failure);
  void report(const Result<bool>& taken);

  const kafka::Partition partition_;
  mutable kafka::EndFinder end_;

  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  TopicKeys keys_;                  // guarded by mutex_, as the next
  std::uint64_t position_ = 0;      // every record before it was taken
  std::optional<Error> failure_{};  // why the last read failed; none when it did not
  std::optional<Error> damage_{};   // the first record that is none of a keyring

  std::mutex call_mutex_;
  std::function<void()> call_{};  // guarded by call_mutex_

  // The follower's thread.
  std::unique_ptr<kafka::Reader> reader_{};
  std::string reported_{};
  std::atomic<bool> closing_{false};
  std::thread thread_{};
};

}  // namespace florin
