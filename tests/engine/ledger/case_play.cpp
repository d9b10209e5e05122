#include "tests/engine/ledger/case_play.hpp"

#include <algorithm>
#include <stdexcept>

namespace florin::ledger::test {
namespace {

// "pending debits 30, credits 5"; what is zero is not said, and "nothing" where all is.
std::string said(const Balances& balances) {
  std::string text;
  const auto say = [&](const char* name, Amount amount) {
    if (amount != Amount{}) text += (text.empty() ? "" : ", ") + std::string(name) + " " + to_string(amount);
  };
  say("pending debits", balances.debits_pending);
  say("debits", balances.debits_posted);
  say("pending credits", balances.credits_pending);
  say("credits", balances.credits_posted);
  return text.empty() ? "nothing" : text;
}

Balances read_balances(Words& words) {
  Balances balances;
  while (!words.end() && !words.take("nothing")) {
    if (words.take("pending debits")) balances.debits_pending.value = words.number();
    else if (words.take("debits")) balances.debits_posted.value = words.number();
    else if (words.take("pending credits")) balances.credits_pending.value = words.number();
    else if (words.take("credits")) balances.credits_posted.value = words.number();
    else words.fail("'nothing', or pending or posted debits or credits should be here, not");
  }
  return balances;
}

std::string name(PendingStatus status) {
  switch (status) {
    case PendingStatus::none: return "booked";
    case PendingStatus::pending: return "pending";
    case PendingStatus::posted: return "posted";
    case PendingStatus::voided: return "voided";
    case PendingStatus::expired: return "expired";
  }
  return "unknown";
}

// The rows but for the mark of the greatest id, which a burnt id raises.
Rows without_greatest_id(Rows rows) {
  for (auto& [key, value] : rows) {
    const auto book = parse_marks_key(key);
    if (!book) continue;
    BookMarks marks = *decode_marks(*book, value);
    marks.greatest_transfer_id = {};
    value = encode_row(marks);
  }
  return rows;
}

}  // namespace

void Play::run(const Case& played) {
  for (const Line& line : played.lines) {
    here_ = line.at;
    try {
      step(line);
    } catch (const std::invalid_argument& error) {
      misses_.push_back({here_, error.what()});
      return;
    }
  }
  for (const std::string& broken : world_.broken_invariants()) misses_.push_back({played.at, broken});
}

void Play::step(const Line& line) {
  names_["now"] = world_.time.peek().value;
  Words words(line.text, names_);
  const bool asked = !accounts_.empty() || !transfers_.empty();
  if (line.step == Step::then && asked) return expect(line.text, answer());
  if (line.step == Step::then) {
    look(words);
  } else if (!pass_time(words)) {
    if (line.step == Step::given) give(words);
    else ask(words);
  }
  if (!words.end()) words.fail("nothing should follow, but here is");
}

// "the end of time is 10 s away", "5 s pass", "1 ns passes unseen"
bool Play::pass_time(Words& words) {
  if (words.take("the end of time is")) {
    world_.time.set_stamp({timestamp_max - words.number_as<std::uint32_t>() * ns_per_s});
    if (!words.take("s away")) words.fail("'s away' should be here, not");
    return true;
  }
  if (!words.at_digit()) return false;
  std::uint64_t ns = words.number_as<std::uint32_t>();
  if (words.take("s")) ns *= ns_per_s;
  else if (!words.take("ns")) words.fail("'s' or 'ns' should be here, not");
  if (!words.take("pass") && !words.take("passes")) words.fail("'pass' should be here, not");
  if (words.take("unseen")) world_.time.set_stamp({world_.time.previous().value + ns});
  else world_.pass_ns(ns);
  return true;
}

// What is given must be created or, where it is called so, refused.
void Play::give(Words& words) {
  const bool refused = words.take("refused");
  const std::string status = words.take("account") ? create(std::vector{read_account(words, names_)})
                                                   : create(std::vector{read_transfer(words)});
  if (refused == (status == "created")) expect(refused ? "refused" : "created", status);
}

void Play::ask(Words& words) {
  if (words.take("account")) accounts_.push_back(read_account(words, names_));
  else transfers_.push_back(read_transfer(words));
  if (!accounts_.empty() && !transfers_.empty()) words.fail("a batch is of accounts or of transfers");
}

std::string Play::answer() {
  const std::string statuses = accounts_.empty() ? create(transfers_) : create(accounts_);
  accounts_.clear();
  transfers_.clear();
  return statuses;
}

template <class Item>
std::string Play::create(const std::vector<Item>& items) {
  const Rows before = world_.rows;
  const std::vector<Event> events = world_.create(items);
  std::string statuses;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string status(result(events[i]).status);
    told_.push_back({std::is_same_v<Item, Account>, items[i].flags, status});
    statuses += (i == 0 ? "" : ", ") + status;
  }
  check_refused(before, events);
  return statuses;
}

// A batch of which nothing was created has changed nothing, but for the ids that it burnt.
void Play::check_refused(const Rows& before, const std::vector<Event>& events) {
  std::size_t burnt = 0;
  for (const Event& event : events) {
    if (result(event).status == "created") return;
    const auto* refused = std::get_if<TransferRefused>(&event.body);
    burnt += refused != nullptr && burns_id(refused->status) ? 1 : 0;
  }
  const Rows was = without_greatest_id(before), now = without_greatest_id(world_.rows);
  const bool kept = std::includes(now.begin(), now.end(), was.begin(), was.end());
  expect("no row changed", kept ? "no row changed" : "a row changed by what was refused");
  expect(std::to_string(burnt) + " new rows",
         std::to_string(world_.rows.size() - before.size()) + " new rows");
}

void Play::look(Words& words) {
  const bool none = words.take("there is no");
  const bool of_account = words.take("account");
  if (!of_account && !words.take("transfer")) words.fail("nothing was asked that could be answered");
  const u128 id = words.number();
  if (none) {
    const bool found =
        of_account ? world_.find_account(id).has_value() : world_.find_transfer(id).has_value();
    expect("none", found ? "there is one" : "none");
  } else if (of_account) {
    look_at_account(id, words);
  } else {
    look_at_transfer(id, words);
  }
}

void Play::look_at_account(u128 id, Words& words) {
  const auto account = world_.find_account(id);
  if (!account) return expect("an account", "none");
  if (words.take("has")) return expect(said(read_balances(words)), said(account->balances));
  if (!words.take("is")) words.fail("'has' or 'is' should be here, not");
  expect(words.word(), (account->flags & account_flags::closed) != 0 ? "closed" : "open");
}

void Play::look_at_transfer(u128 id, Words& words) {
  const auto row = world_.find_transfer(id);
  if (!row) return expect("a transfer", "none");
  if (words.take("moved")) return expect(to_string(words.number()), to_string(row->transfer.amount));
  if (!words.take("is")) words.fail("'moved' or 'is' should be here, not");
  expect(words.word(), name(row->status));
}

void Play::expect(const std::string& expected, const std::string& actual) {
  if (expected != actual) misses_.push_back({here_, "expected " + expected + ", got " + actual});
}

}  // namespace florin::ledger::test
