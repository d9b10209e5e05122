// Passes queries on to the projectors, which hold the read models, and their answers back. One of them
// answers a partition as long as it can, so that what a caller reads does not go back in time; when it cannot
// be reached, or does not have the partition, the next one is asked.
//
// One thread drives all of it, by libcurl's multi interface, which keeps the connections. ask() is for any
// thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "gateway/http/message.hpp"

namespace florin::gateway {

inline constexpr std::size_t projectors_max = 64;
inline constexpr std::size_t projector_questions_max = 4096;  // that wait for an answer
inline constexpr long projector_connections_max = 64;         // to each
inline constexpr std::size_t projector_answer_bytes_max = 32u << 20;
inline constexpr std::chrono::milliseconds projector_connect_max{1'000};
inline constexpr std::chrono::seconds projector_rest{
    1};  // one that was not reached is asked last for so long

struct ProjectorOptions {
  std::vector<std::string> addresses;           // HOST:PORT, at least one
  std::chrono::milliseconds answer_max{5'000};  // the whole of a question
};

class Projectors {
 public:
  // Errors: invalid_argument (no address), io (libcurl fails).
  static Result<std::unique_ptr<Projectors>> open(ProjectorOptions options);
  virtual ~Projectors() = default;  // who waits gets no answer

  // Asks what the request asks of a partition, with this Authorization. One that does not have the partition
  // says so (421), and the next is asked. 503 when no projector is reached in time, or too many questions
  // wait.
  virtual void ask(const RequestPtr& request, PartitionId partition, std::string authorization,
                   const Reply& reply) = 0;
};

}  // namespace florin::gateway
