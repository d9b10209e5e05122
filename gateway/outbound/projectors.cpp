#include "gateway/outbound/projectors.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "engine/telemetry/log.hpp"
#include "gateway/outbound/question.hpp"

namespace florin::gateway {
namespace {

constexpr int poll_ms_max = 1'000;  // new questions and the end wake it

using SteadyTime = Question::Time;
using QuestionPtr = std::unique_ptr<Question>;

struct FreeMulti {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};

Problem not_reached(std::string detail) {
  return {.code = ProblemCode::unavailable, .detail = std::move(detail), .retry_after_s = 1};
}

class CurlProjectors final : public Projectors {
 public:
  CurlProjectors(ProjectorOptions options, CURLM* multi)
      : options_(std::move(options)), rests_until_(options_.addresses.size()), multi_(multi) {
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, projector_connections_max);
    thread_ = std::thread([this] { run(); });
  }
  ~CurlProjectors() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }

  void ask(const RequestPtr& request, PartitionId partition, std::string authorization,
           const Reply& reply) override {
    auto question = std::make_unique<Question>(request, partition, authorization, reply,
                                               std::chrono::steady_clock::now() + options_.answer_max);
    {
      const std::lock_guard lock(mutex_);
      if (waiting_ < projector_questions_max) {
        ++waiting_;
        fresh_.push_back(std::move(question));
      }
    }
    if (question) question->refuse(not_reached("Too many queries wait for the projectors."));
    else curl_multi_wakeup(multi_.get());
  }

 private:
  void run() {
    while (take_fresh()) {
      int running = 0, left = 0;
      curl_multi_perform(multi_.get(), &running);
      while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left))
        if (message->msg == CURLMSG_DONE) done(message->easy_handle, message->data.result);
      curl_multi_poll(multi_.get(), nullptr, 0, poll_ms_max, nullptr);
    }
    for (const auto& [handle, question] : under_way_) curl_multi_remove_handle(multi_.get(), handle);
  }

  bool take_fresh() {
    std::vector<QuestionPtr> fresh;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
      fresh.swap(fresh_);
    }
    const auto now = std::chrono::steady_clock::now();
    for (QuestionPtr& question : fresh) send(std::move(question), now);
    return true;
  }

  void send(QuestionPtr question, SteadyTime now) {
    question->address = *next_address(*question, now);
    question->asked |= std::uint64_t{1} << question->address;
    CURL* handle = question->prepare(options_.addresses[question->address], now);
    under_way_.emplace(handle, std::move(question));
    curl_multi_add_handle(multi_.get(), handle);
  }

  // From the one that last answered the partition on, the first that it was not sent to; those that rest come
  // last. None when all were asked.
  std::optional<std::size_t> next_address(const Question& question, SteadyTime now) const {
    const std::size_t count = options_.addresses.size();
    const auto answered = answered_.find(question.partition());
    const std::size_t first = answered == answered_.end() ? question.partition().value : answered->second;
    std::optional<std::size_t> resting;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t address = (first + i) % count;
      if ((question.asked >> address & 1) != 0) continue;
      if (rests_until_[address] <= now) return address;
      if (!resting) resting = address;
    }
    return resting;
  }

  void done(CURL* handle, CURLcode code) {
    curl_multi_remove_handle(multi_.get(), handle);
    QuestionPtr question = std::move(under_way_.extract(handle).mapped());
    const std::size_t address = question->address;
    const auto now = std::chrono::steady_clock::now();
    if (code != CURLE_OK) {
      log::warn("projector_not_reached",
                {{"address", options_.addresses[address]}, {"reason", curl_easy_strerror(code)}});
      rests_until_[address] = now + projector_rest;
    }
    if (code != CURLE_OK || question->misdirected()) {
      if (!question->late(now) && next_address(*question, now)) return send(std::move(question), now);
      question->refuse(not_reached("No projector answers; try again."));
    } else {
      answered_[question->partition()] = address;
      question->answer();
    }
    const std::lock_guard lock(mutex_);
    --waiting_;
  }

  const ProjectorOptions options_;

  std::mutex mutex_;
  std::vector<QuestionPtr> fresh_{};  // guarded by mutex_, as the next two
  std::size_t waiting_ = 0;           // fresh or under way
  bool stopping_ = false;

  // The thread's.
  std::vector<SteadyTime> rests_until_;            // of each address
  std::map<PartitionId, std::size_t> answered_{};  // which address did last
  std::map<CURL*, QuestionPtr> under_way_{};

  const std::unique_ptr<CURLM, FreeMulti> multi_;
  std::thread thread_{};
};

}  // namespace

Result<std::unique_ptr<Projectors>> Projectors::open(ProjectorOptions options) {
  if (options.addresses.empty() || options.addresses.size() > projectors_max)
    return fail(Errc::invalid_argument,
                "a gateway without read models asks projectors: name 1 to 64 of them with --projectors "
                "HOST:PORT[,HOST:PORT]");
  CURLM* multi = curl_multi_init();
  if (multi == nullptr) return fail(Errc::io, "libcurl cannot be used");
  return std::make_unique<CurlProjectors>(std::move(options), multi);
}

}  // namespace florin::gateway
