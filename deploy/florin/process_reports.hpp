// What each process on Kafka says of itself once a second, in a topic that `florin status` reads: its role,
// where it listens, and how far it is in each partition. It is for people; nothing is decided by it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "deploy/florin/settings.hpp"
#include "engine/kafka/client.hpp"

namespace florin {

inline constexpr std::chrono::seconds report_interval{1};
inline constexpr std::uint64_t reports_read_max =
    4'096;  // the newest, of which each process's last one counts
inline constexpr std::chrono::seconds report_age_max{10};  // a process that says nothing for so long is gone

class ProcessReports {
 public:
  using Report = std::function<Result<std::string>()>;  // JSON

  ProcessReports(kafka::Connection connection, kafka::Partition topic, Report report);
  ~ProcessReports();
  ProcessReports(const ProcessReports&) = delete;
  ProcessReports& operator=(const ProcessReports&) = delete;

 private:
  void run();
  bool wait();  // false when it is to end

  const kafka::Connection connection_;
  const kafka::Partition topic_;
  const Report report_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

kafka::Partition reports_topic(const Settings& settings);

// The last report of each process that lives, by role and number. Errors: those of kafka::Reader.
Result<std::vector<nlohmann::ordered_json>> read_reports(const Settings& settings);

}  // namespace florin
