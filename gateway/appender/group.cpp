#include "gateway/appender/group.hpp"

namespace florin::gateway {
namespace {

constexpr std::chrono::milliseconds answer_wait{
    100};  // how often waiters are looked through for passed deadlines

}  // namespace

Result<std::unique_ptr<GroupAppender>> GroupAppender::open(GroupPorts ports, GroupOptions options) {
  FLORIN_TRY_ASSIGN(auto coordinator, GroupCoordinator::open(ports, std::move(options)));
  return std::unique_ptr<GroupAppender>(new GroupAppender(std::move(coordinator)));
}

GroupAppender::GroupAppender(std::unique_ptr<GroupCoordinator> coordinator)
    : coordinator_(std::move(coordinator)),
      append_thread_([this] { append_loop(); }),
      answer_thread_([this] { answer_loop(); }) {}

GroupAppender::~GroupAppender() { stop(); }

void GroupAppender::stop() {
  stopping_ = true;
  coordinator_->refuse_new();
  if (append_thread_.joinable()) append_thread_.join();
  if (answer_thread_.joinable()) answer_thread_.join();
  coordinator_->give_up();
}

void GroupAppender::append_loop() {
  while (coordinator_->wait_for_commands())
    while (coordinator_->append_once()) {
    }
}

void GroupAppender::answer_loop() {
  while (!stopping_) {
    if (!coordinator_->answer_once(std::chrono::steady_clock::now())) return;
    coordinator_->wait_for_events(std::chrono::steady_clock::now() + answer_wait);
  }
}

}  // namespace florin::gateway
