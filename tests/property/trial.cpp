#include "tests/property/trial.hpp"

#include "tests/property/oracle.hpp"
#include "tests/property/rebuilt.hpp"

namespace florin::property {
namespace {

using ledger::test::World;

constexpr std::size_t steps_between_checks = 32;  // whole-book checks take longer than the commands between

[[noreturn]] void differ(std::string kind, std::string details) {
  throw Finding{std::move(kind), std::move(details)};
}

template <class Value>
void same(const Value& actual, const Value& expected, const char* kind, const std::string& place) {
  if (!(actual == expected)) differ(kind, place);
}

std::string name(u128 id) { return to_string(id); }

class Trial {
 public:
  Trial(const Story& story, Fault fault, Statuses* met)
      : story_(story), oracle_(story.start, fault), world_(story.memory, open_ledgers), met_(met) {
    world_.time.set_stamp({story.start});
  }

  void run() {
    for (std::size_t i = 0; i < story_.steps.size(); ++i) {
      here_ = "command " + std::to_string(i + 1);
      step(story_.steps[i]);
      if ((i + 1) % steps_between_checks == 0) look_at_all();
    }
    here_ = "in the end";
    look_at_all();
    Rebuilt rebuilt;
    for (const Event& event : world_.history) rebuilt.apply(event);
    same(rebuilt.rows(), world_.rows, "the state rebuilt from the events is another", here_);
  }

 private:
  void step(const Step& step) {
    const Expected expected = oracle_.next(step);
    world_.time.set_stamp({step.stamp});
    compare_releases(world_.expire(step.releases_max), expected);
    world_.book = step.book;
    std::visit([&](const auto& items) { compare_answers(items, expected); }, step.items);
  }

  void compare_releases(const std::vector<Event>& events, const Expected& expected) {
    same(events.size(), expected.released.size(), "another number of holds is released", here_);
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Release& release = expected.released[i];
      const std::string place = here_ + ", hold " + name(release.due.id);
      same(events[i].book, release.book, "another hold is released", place);
      same(std::get<TransferExpired>(events[i].body).id.value, release.due.id, "another hold is released",
           place);
      same(events[i].time.value, expected.opened + i, "a release has another time", place);
    }
  }

  template <class Item>
  void compare_answers(const std::vector<Item>& items, const Expected& expected) {
    const std::vector<Event> events = world_.create(items);
    same(events.size(), expected.answers.size(), "another number of answers", here_);
    for (std::size_t i = 0; i < events.size(); ++i) {
      const std::string place = here_ + ", item " + std::to_string(i + 1);
      const Answer& answer = expected.answers[i];
      const auto actual = ledger::test::result(events[i]);
      if (met_ != nullptr) met_->insert(kind(items[i]) + (" " + std::string(actual.status)));
      if (actual.status != answer.status)
        differ("the core answers " + std::string(actual.status) + " instead of " + answer.status, place);
      if (actual.timestamp.value != answer.timestamp)
        differ("the timestamp of an answer is another",
               place + ": " + to_string(actual.timestamp) + " instead of " + name(answer.timestamp));
      same(events[i].time.value, expected.start + i, "an event has another time", place);
      if (const auto* created = std::get_if<TransferCreated>(&events[i].body))
        same(std::pair(created->debit, created->credit), answer.after,
             "a transfer's event has other balances", place);
    }
  }

  static const char* kind(const Account&) { return "account"; }
  static const char* kind(const Transfer&) { return "transfer"; }

  void look_at_all() {
    const auto broken = world_.broken_invariants();
    if (!broken.empty()) differ("an invariant is broken", here_ + ": " + broken.front());
    for (const auto& [book, model] : oracle_.models()) {
      world_.book = book;
      count_rows(model);
      for (const auto& [id, account] : model.accounts())
        same(std::optional<Account>(world_.find_account(id)), model.account(id),
             "an account is kept otherwise", here_ + ", account " + name(id));
      for (const Model::Entry& entry : model.transfers()) compare_transfer(entry);
      for (const u128 id : model.burnt())
        same(world_.rows.contains(ledger::transfer_id_key({book, {id}})), true, "an id is not burnt",
             here_ + ", id " + name(id));
    }
  }

  void count_rows(const Model& model) {
    std::size_t accounts = 0, transfers = 0, ids = 0;
    for (const auto& [key, value] : world_.rows) {
      if (const auto account = ledger::parse_account_key(key)) accounts += account->book == world_.book;
      else if (const auto transfer = ledger::parse_transfer_key(key))
        transfers += transfer->book == world_.book;
      else if (const auto id = ledger::parse_transfer_id_key(key)) ids += id->book == world_.book;
    }
    const std::string place = here_ + ", book " + to_string(world_.book);
    same(accounts, model.accounts().size(), "another number of accounts is kept", place);
    same(transfers, model.transfers().size(), "another number of transfers is kept", place);
    same(ids, model.transfers().size() + model.burnt().size(), "another number of transfer ids is kept",
         place);
  }

  void compare_transfer(const Model::Entry& entry) {
    const std::string place = here_ + ", transfer " + to_string(entry.transfer.id);
    const auto row = world_.find_transfer(entry.transfer.id.value);
    if (!row) differ("a transfer is not kept", place);
    same(row->transfer, entry.transfer, "a transfer is kept otherwise", place);
    same(static_cast<int>(row->status), static_cast<int>(entry.phase), "a hold is in another state", place);
  }

  const Story& story_;
  Oracle oracle_;
  World world_;
  Statuses* met_;
  std::string here_;
};

}  // namespace

std::optional<Finding> play(const Story& story, Fault fault, Statuses* met) {
  try {
    Trial(story, fault, met).run();
    return std::nullopt;
  } catch (const Finding& finding) {
    return finding;
  }
}

}  // namespace florin::property
