#include "engine/kafka/refusal.hpp"

#include <algorithm>
#include <array>

namespace florin::kafka {
namespace {

constexpr std::chrono::milliseconds look_step{100};  // how soon a refusal is told after it has come
constexpr int doubtful_refusals = 2;

// The texts of librdkafka 2.0.2 with OpenSSL 3, each as it came from a broker of 4.3.1. Most come with the
// code of a lost connection. The first row that fits counts.
struct Row {
  std::string_view part;
  Refusal refusal;
};
constexpr std::array rows{
    Row{"certificate verify failed",
        {"its certificate is not signed by the authority in kafka-ca, has expired, or is not for the host "
         "name "
         "in kafka-brokers: check these",
         false}},
    Row{"SSL alert number",
        {"it wants a client certificate of an authority that it knows: check kafka-cert and kafka-key",
         false}},
    Row{"unexpected eof", {"it may not speak TLS at this port: check kafka-brokers and kafka-ca", true}},
    Row{"wrong version number",
        {"it does not speak TLS at this port: check kafka-brokers and kafka-ca", true}},
    Row{"might require SASL authentication",
        {"it may want a password: check kafka-user and FLORIN_KAFKA_PASSWORD", true}},
    Row{"connecting to a SSL listener", {"it may want TLS: check kafka-ca and kafka-brokers", true}},
};
constexpr Refusal wrong_password{
    "check kafka-user and FLORIN_KAFKA_PASSWORD, and that the brokers have SASL/PLAIN", false};

tl::unexpected<Error> refused(const char* text, const Refusal& refusal) {
  return fail(Errc::permission, std::string("a Kafka broker refuses this client: ") + text + "; " +
                                    std::string(refusal.advice));
}

// What the client has met since the last look.
Result<void> look(rd_kafka_queue_t& events, int& doubtful) {
  while (const Owned<rd_kafka_event_t> event{rd_kafka_queue_poll(&events, 0)}) {
    const char* text = rd_kafka_event_error_string(event.get());
    const auto refusal = find_refusal(rd_kafka_event_error(event.get()), text == nullptr ? "" : text);
    if (refusal && (!refusal->doubtful || ++doubtful >= doubtful_refusals)) return refused(text, *refusal);
  }
  return {};
}

}  // namespace

std::optional<Refusal> find_refusal(rd_kafka_resp_err_t code, std::string_view text) {
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION) return wrong_password;
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& candidate) {
    return text.find(candidate.part) != std::string_view::npos;
  });
  if (row == rows.end()) return std::nullopt;
  return row->refusal;
}

// The client that could not connect logs the same errors; this one is silent. A broker that wants TLS or a
// password may just close the connection, which is told only where that setting is on.
Result<void> check_not_refused(const Connection& connection, Deadline deadline) {
  FLORIN_TRY_ASSIGN(Owned<rd_kafka_conf_t> conf, make_conf(connection, Role::admin));
  FLORIN_TRY(set(*conf, "log.connection.close", "true"));
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_ERROR);
  FLORIN_TRY_ASSIGN(const Owned<rd_kafka_t> client, make_client(std::move(conf), Role::admin));
  const Owned<rd_kafka_queue_t> events(rd_kafka_queue_get_main(client.get()));
  int doubtful = 0;
  while (std::chrono::steady_clock::now() < deadline) {
    const rd_kafka_metadata_t* found = nullptr;
    const int step = std::min(ms_until(deadline), static_cast<int>(look_step.count()));
    const auto error = rd_kafka_metadata(client.get(), 0, nullptr, &found, std::max(1, step));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_metadata_destroy(found);
      return {};
    }
    FLORIN_TRY(look(*events, doubtful));
  }
  return {};
}

}  // namespace florin::kafka
