// What callers want, were told, and may rely on: an answer, once given, is the answer for ever.
#pragma once

#include <map>

#include "gateway/appender/appender.hpp"
#include "tests/property/generator.hpp"
#include "tests/simulation/faults.hpp"

namespace florin::simulation {

// Of a command that was answered.
struct Told {
  Sequence first, last;
  Bytes events;  // encoded
  friend bool operator==(const Told&, const Told&) = default;
};

class Clients {
 public:
  Clients(Chance& chance, std::uint64_t seed, std::size_t commands);

  // The index of a command to send now: a new one, one whose outcome is not known, or one that was answered
  // and is sent again. None when all wait.
  std::optional<std::size_t> pick();
  const Command& sent(std::size_t index);
  void refused(std::size_t index);  // at once: nothing was accepted
  void answered(std::size_t index, const Result<gateway::Outcome>& outcome);
  void process_died();  // whoever waits learns nothing

  bool all_answered() const;
  std::vector<Told> told() const;

 private:
  static constexpr u128 first_payment = 1'000'000;  // apart from the ids of the generator

  enum class State { unsent, waiting, unknown, answered };
  struct Call {
    Command command;
    State state = State::unsent;
    std::optional<Told> told{};
  };

  void add(CommandBody body, CommandHeader header);
  void set_up(BookId book);
  Command from(const property::Step& step);
  std::vector<Account> tills();
  std::vector<Transfer> payments();

  Chance& chance_;
  property::Commands generator_;
  std::vector<Call> calls_;
  std::size_t set_up_ = 0;  // of the calls, those that come first, one after the other
  std::uint64_t next_key_ = 1;
  u128 next_payment_ = first_payment;
};

}  // namespace florin::simulation
