#include "engine/telemetry/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>

#include "engine/base/assert.hpp"
#include "engine/telemetry/json_text.hpp"

namespace florin::log {
namespace {

constexpr std::array<std::string_view, 5> level_names{"debug", "info", "warn", "error", "off"};
constexpr std::array<spdlog::level::level_enum, 5> spdlog_levels{
    spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err, spdlog::level::off};

std::atomic<Level> lowest_level{Level::info};

// Writes to standard error, or into a string while a Capture lives. spdlog holds the lock around each call.
class Output final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void start_capture() {
    const std::lock_guard lock(mutex_);
    FLORIN_ASSERT(!capturing_);
    capturing_ = true;
    captured_.clear();
  }
  void end_capture() {
    const std::lock_guard lock(mutex_);
    capturing_ = false;
  }
  std::string captured() {
    const std::lock_guard lock(mutex_);
    return captured_;
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (capturing_) {
      captured_.append(line.data(), line.size());
    } else {
      // One call for a line: standard error has no buffer, so lines of several processes do not mix.
      std::fwrite(line.data(), 1, line.size(), stderr);
    }
  }
  void flush_() override {}

 private:
  bool capturing_ = false;
  std::string captured_;
};

struct Logger {
  std::shared_ptr<Output> output = std::make_shared<Output>();
  spdlog::logger logger{"florin", output};
  Logger() {
    // "%v" is the rest of the object as write() made it; nothing in it is taken for a pattern.
    logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ",%v})",
                                                                     spdlog::pattern_time_type::utc, "\n"));
    logger.set_level(spdlog::level::trace);
  }
};

// Never destroyed, so that a thread may still log while the program's static objects go.
Logger& instance() {
  static Logger& logger = *new Logger;
  return logger;
}

}  // namespace

std::string_view name(Level level) { return level_names[static_cast<std::size_t>(level)]; }

std::optional<Level> parse_level(std::string_view text) {
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (level_names[i] == text) return static_cast<Level>(i);
  return std::nullopt;
}

void set_level(Level level) { lowest_level.store(level, std::memory_order_relaxed); }

bool enabled(Level level) {
  return level != Level::off && level >= lowest_level.load(std::memory_order_relaxed);
}

void Value::append_json(std::string& out) const {
  if (const auto* text = std::get_if<std::string_view>(&held_)) {
    append_json_string(out, *text, value_bytes_max);
  } else if (const auto* flag = std::get_if<bool>(&held_)) {
    out += *flag ? "true" : "false";
  } else if (const auto* number = std::get_if<std::int64_t>(&held_)) {
    out += std::to_string(*number);
  } else {
    out += std::to_string(std::get<std::uint64_t>(held_));
  }
}

void write(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  std::string body = R"("level":")";
  body += name(level);
  body += R"(","event":)";
  append_json_string(body, event, value_bytes_max);
  for (const Field& field : fields) {
    body += ',';
    append_json_string(body, field.key, value_bytes_max);
    body += ':';
    field.value.append_json(body);
  }
  instance().logger.log(spdlog_levels[static_cast<std::size_t>(level)],
                        spdlog::string_view_t(body.data(), body.size()));
}

Capture::Capture() { instance().output->start_capture(); }
Capture::~Capture() { instance().output->end_capture(); }
std::string Capture::text() const { return instance().output->captured(); }

}  // namespace florin::log
