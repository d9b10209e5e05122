// One query on its way to the projectors, as a transfer of libcurl. The thread of Projectors alone.
#pragma once

#include <curl/curl.h>

#include "gateway/outbound/projectors.hpp"

namespace florin::gateway {

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

class Question {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Question(RequestPtr request, PartitionId partition, const std::string& authorization, Reply reply,
           Time deadline);
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  // Makes the transfer ready to be sent to this address; called again for the next one.
  CURL* prepare(const std::string& address, Time now);
  void answer() const;  // with what the projector said
  void refuse(const Problem& problem) const;

  std::uint64_t asked = 0;  // a bit for each address that it was sent to
  PartitionId partition() const { return partition_; }
  bool misdirected() const;  // the projector does not have the partition
  bool late(Time now) const { return now >= deadline_; }

 private:
  static std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* question);

  const RequestPtr request_;
  const PartitionId partition_;
  const Reply reply_;
  const Time deadline_;
  std::string body_{};
  std::unique_ptr<curl_slist, FreeList> headers_{};
  std::unique_ptr<CURL, FreeHandle> handle_{};
};

}  // namespace florin::gateway
