// Why brokers refuse a client: wrong certificates, a wrong password, no TLS. librdkafka goes on trying for
// ever and tells it in log lines and events alone, so who waits for a first answer asks here. Any thread.
#pragma once

#include <optional>

#include "engine/kafka/client.hpp"

namespace florin::kafka {

// Connects with a client of its own until brokers answer it or the deadline. Errors: permission (says which
// broker refused what, and which setting to look at; never a password), invalid_argument (a certificate or
// key that is none). Brokers that are away are no refusal.
Result<void> check_not_refused(const Connection& connection, Deadline deadline);

// What to look at after an error of a connection, by librdkafka's code and text; nothing when it is no
// refusal. A doubtful one may also be a broker that is going down, and counts when it comes twice. Pure.
struct Refusal {
  std::string_view advice;
  bool doubtful;
};
std::optional<Refusal> find_refusal(rd_kafka_resp_err_t code, std::string_view text);

}  // namespace florin::kafka
