// One query on its way to the projectors, as a transfer of libcurl. The thread of Projectors alone.
#pragma once

#include "gateway/outbound/curl.hpp"
#include "gateway/outbound/projectors.hpp"

namespace florin::gateway {

class Question {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Question(RequestPtr request, PartitionId partition, const std::string& authorization, Reply reply,
           Time deadline);
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  // Makes the transfer ready to be sent to this server, HOST:PORT; called again for the next one.
  CURL* prepare(const std::string& server, Time now);
  void answer() const;  // with what the projector said
  void refuse(const Problem& problem) const;

  std::size_t address = 0;  // by number: where it is
  std::uint64_t asked = 0;  // a bit for each that it was sent to
  PartitionId partition() const { return partition_; }
  bool misdirected() const;  // the projector does not have the partition
  bool late(Time now) const { return now >= deadline_; }

 private:
  const RequestPtr request_;
  const PartitionId partition_;
  const Reply reply_;
  const Time deadline_;
  std::string body_{};
  CurlLines headers_{};
  CurlHandle handle_{};
};

}  // namespace florin::gateway
