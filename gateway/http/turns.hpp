// The order of what one connection asks for: several threads get things ready side by side, and each happens
// when all that was asked before it has happened or was given up.
//
// Any thread. Nothing waits for its turn by blocking: whoever ends the wait runs what waited.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace florin::gateway {

class Turns : public std::enable_shared_from_this<Turns> {
 public:
  class Turn {
   public:
    Turn(std::shared_ptr<Turns> turns, std::uint64_t number) : turns_(std::move(turns)), number_(number) {}
    ~Turn();  // gives the turn up when it was not used
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    // Runs `action` once, on this thread or, behind an earlier turn, on the one that uses that. Must not
    // throw. At most one call.
    void use(std::function<void()> action);

   private:
    std::shared_ptr<Turns> turns_;
    std::uint64_t number_;
    bool used_ = false;
  };

  std::shared_ptr<Turn> take();  // calls one after the other make the order

 private:
  struct Place {
    bool ready = false;
    std::function<void()> action;  // none when the turn was given up
  };
  void ready(std::uint64_t number, std::function<void()> action);

  std::mutex mutex_;
  std::deque<Place> places_;  // of the turns that are not over, by number
  std::uint64_t first_ = 0;   // the number of places_.front()
  bool running_ = false;      // some thread runs actions, one after the other
};

}  // namespace florin::gateway
