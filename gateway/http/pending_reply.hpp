// An answer on its way from whatever thread a handler works on to the coroutine that waits for it.
#pragma once

#include <mutex>

#include "gateway/http/asio.hpp"
#include "gateway/http/message.hpp"

namespace florin::gateway {

class PendingReply final : public Reply::Sink, public std::enable_shared_from_this<PendingReply> {
 public:
  // `wake` is the timer that the session waits on; it is cancelled when the answer is there.
  PendingReply(asio::io_context& io, asio::steady_timer& wake) : io_(io), wake_(&wake) {}

  // Any thread.
  void complete(Reply::Build build) override;
  void on_cancel(std::function<void()> cancel) override;
  void at_deadline(Reply::Build build) override;

  // I/O thread. close() ends the wait: it gives the answer if there is one; if not, later ones are dropped,
  // the handler hears of it, and what it left for the deadline is the answer. After it, neither the timer nor
  // the io_context is touched again.
  bool answered() const;
  std::optional<Reply::Build> close();

 private:
  enum class State : std::uint8_t { waiting, answered, closed };

  mutable std::mutex mutex_;
  State state_ = State::waiting;
  bool cancelled_ = false;  // closed without an answer
  Reply::Build build_, build_at_deadline_;
  std::function<void()> cancel_;
  asio::io_context& io_;      // touched under the mutex while waiting, when the session keeps it alive
  asio::steady_timer* wake_;  // I/O thread only; null after close()
};

}  // namespace florin::gateway
