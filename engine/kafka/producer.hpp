// Sends groups of records to one partition, each as one batch: all of it is appended, or nothing, with
// consecutive offsets and one stamp.
//
// One thread. After an error the producer is of no more use; what it had under way is dropped, but a request
// that has left may still be appended later. Open another one when it is known what became of it.
#pragma once

#include <optional>
#include <span>

#include "engine/base/bytes.hpp"
#include "engine/kafka/client.hpp"
#include "schemas/ids.hpp"

namespace florin::kafka {

inline constexpr std::chrono::milliseconds send_timeout_default{10'000};  // below a call's 15 s
inline constexpr std::chrono::milliseconds send_timeout_min{1'500};       // linger.ms must be less
inline constexpr std::size_t batch_records_max = 1000;

struct Outgoing {
  ByteView value;        // none: a tombstone, which removes what a compacted topic has under that key
  ByteView header = {};  // value of the record header of that name; none when empty
  ByteView key = {};     // of a compacted topic; none when empty
  const char* header_name = rank_header;
};

struct Delivered {
  std::uint64_t first;  // offset of the first record; the others follow it
  Timestamp stamp;      // of all of them
};

class Producer {
 public:
  // Asks whether the partition is there, until the deadline; `timeout` is how long a send may take. Errors:
  // not_found, io, permission (brokers refuse this client), invalid_argument.
  static Result<std::unique_ptr<Producer>> open(const Connection& connection, Partition partition,
                                                Deadline deadline,
                                                std::chrono::milliseconds timeout = send_timeout_default);
  ~Producer();

  // Returns when every replica in sync has the records. Errors: overloaded (nothing of them was or will be
  // appended), deadline (in doubt: they may be there now, or later), stopped (after an error),
  // invalid_argument (more than a batch holds).
  Result<Delivered> send(std::span<const Outgoing> records);

 private:
  // What became of one record, written by librdkafka's report while send() waits.
  struct Report {
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__IN_PROGRESS;
    rd_kafka_msg_status_t status = RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED;
    std::int64_t offset = RD_KAFKA_OFFSET_INVALID;
    std::int64_t stamp_ms = -1;  // -1 when the broker did not stamp it
  };

  Producer(Partition partition, std::chrono::milliseconds timeout)
      : partition_(std::move(partition)), timeout_(timeout) {}
  static void on_report(rd_kafka_t*, const rd_kafka_message_t* message, void*);
  static void on_error(rd_kafka_t*, int error, const char*, void* producer);
  void flush(std::chrono::milliseconds wait);
  Result<void> check(std::span<const Outgoing> records) const;
  bool enqueue(const Outgoing& record, Report& report);
  Result<Delivered> judge() const;

  const Partition partition_;
  const std::chrono::milliseconds timeout_;
  std::vector<Report> reports_{};  // outlives client_, whose reports write into it
  std::optional<std::chrono::steady_clock::time_point> down_since_{};  // all brokers, as far as it is known
  Owned<rd_kafka_t> client_{};
  bool failed_ = false;
};

}  // namespace florin::kafka
