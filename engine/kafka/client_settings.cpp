#include "engine/kafka/client_settings.hpp"

#include <array>

namespace florin::kafka {
namespace {

// What is not here has librdkafka's default. Values that hold a limit of ours say the same number as that
// limit's constant.
constexpr std::array table{
    ClientSetting{"client.id", "florin", UsedBy::all,
                  "short: a long one can overflow a request's header in librdkafka before 2.5"},
    ClientSetting{"socket.nagle.disable", "true", UsedBy::all,
                  "with Nagle's algorithm a single record over TLS takes 44 ms instead of 0.3 ms"},
    ClientSetting{"socket.keepalive.enable", "true", UsedBy::all,
                  "a broker that is gone without a word is noticed while nothing is sent"},
    ClientSetting{"socket.timeout.ms", "6000", UsedBy::all,
                  "a request to a broker that hangs fails early enough to be sent again in time"},
    ClientSetting{"socket.connection.setup.timeout.ms", "3000", UsedBy::all, "as above, for a connection"},
    ClientSetting{"reconnect.backoff.max.ms", "1000", UsedBy::all,
                  "work goes on within a second of a broker's return; the default waits up to 10"},
    ClientSetting{"topic.metadata.refresh.fast.interval.ms", "100", UsedBy::all,
                  "a new leader is asked for soon"},
    ClientSetting{"allow.auto.create.topics", "false", UsedBy::all,
                  "a topic that a broker makes by itself would have settings that lose data"},
    ClientSetting{"log.connection.close", "false", UsedBy::all,
                  "brokers close idle connections, which is no news"},

    ClientSetting{"acks", "all", UsedBy::producer,
                  "an answer means that every replica in sync has the record"},
    ClientSetting{"enable.idempotence", "true", UsedBy::producer,
                  "a request that is sent again is not appended again"},
    ClientSetting{"max.in.flight.requests.per.connection", "1", UsedBy::producer,
                  "no batch can stand behind one that failed"},
    ClientSetting{
        "linger.ms", "1000", UsedBy::producer,
        "never waited for: a group is sent by a flush when it is complete, so that it is one batch"},
    ClientSetting{"batch.num.messages", "1000", UsedBy::producer, "more than a group has records"},
    ClientSetting{"batch.size", "17825792", UsedBy::producer, "more than a group has bytes (17 MiB)"},
    ClientSetting{"message.max.bytes", "17825792", UsedBy::producer, "the same limit for a request"},
    ClientSetting{"queue.buffering.max.messages", "1000", UsedBy::producer, "one group is under way"},
    ClientSetting{"queue.buffering.max.kbytes", "32768", UsedBy::producer, "one group is under way"},
    ClientSetting{"request.timeout.ms", "5000", UsedBy::producer,
                  "how long a leader waits for its followers before it says that they are too few"},
    ClientSetting{"retry.backoff.ms", "20", UsedBy::producer,
                  "the change of a leader is over soon after it has begun"},
    ClientSetting{"compression.type", "none", UsedBy::producer, "sealed bytes do not shrink"},

    ClientSetting{"auto.offset.reset", "error", UsedBy::reader,
                  "where the broker does not have the next record, reading stops; it never skips"},
    ClientSetting{"check.crcs", "true", UsedBy::reader, "changed bytes are found before a seal is opened"},
    ClientSetting{"enable.auto.commit", "false", UsedBy::reader,
                  "who reads keeps its own position beside what it made of the records"},
    ClientSetting{"enable.auto.offset.store", "false", UsedBy::reader, "as above"},
    ClientSetting{"enable.partition.eof", "true", UsedBy::reader,
                  "tells where the topic ends without a call that librdkafka 2.0 may never return from"},
    ClientSetting{"fetch.message.max.bytes", "4194304", UsedBy::reader,
                  "first size of a fetch; a larger batch still comes whole"},
    ClientSetting{"queued.max.messages.kbytes", "32768", UsedBy::reader, "memory of what was read ahead"},
    ClientSetting{"fetch.wait.max.ms", "500", UsedBy::reader,
                  "an idle topic costs two requests a second; new records do not wait for it"},
    ClientSetting{"fetch.error.backoff.ms", "50", UsedBy::reader,
                  "reading goes on soon after the change of a leader"},
};

}  // namespace

std::span<const ClientSetting> client_settings() { return table; }

}  // namespace florin::kafka
