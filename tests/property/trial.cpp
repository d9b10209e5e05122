#include "tests/property/trial.hpp"

#include <algorithm>

#include "tests/property/oracle.hpp"
#include "tests/property/rebuilt.hpp"
#include "tests/property/said.hpp"

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

CommandBody body(const std::vector<Account>& items) { return CreateAccounts{items}; }
CommandBody body(const std::vector<Transfer>& items) { return CreateTransfers{items}; }
CommandBody body(const Bulk& bulk) { return bulk; }

Command command(const Step& step) {
  Command out;
  out.header.book = step.book;
  out.header.dry_run = step.dry_run;
  out.body = std::visit([](const auto& asked) { return body(asked); }, step.items);
  return out;
}

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
    look_at_rebuilt();
  }

 private:
  void step(const Step& step) {
    const Expected expected = oracle_.next(step);
    world_.time.set_stamp({step.stamp});
    compare_releases(world_.expire(step.releases_max), expected);
    world_.book = step.book;
    look_at_journal(step);
    const auto ask = [&](const auto& command) {
      return step.dry_run ? world_.preview(command) : world_.create(command);
    };
    compare_answers(step, std::visit(ask, step.items), expected);
  }

  // A journal gives back what was asked.
  void look_at_journal(const Step& step) const {
    const Command asked = command(step);
    Bytes bytes;
    encode_command(asked, bytes);
    const auto read_back = decode_commands(bytes, 1);
    same(read_back && read_back->front() == asked, true, "a command is another when it is read back", here_);
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

  void compare_answers(const Step& step, const std::vector<Event>& events, const Expected& expected) {
    std::vector<EventBody> bodies;
    for (std::size_t i = 0; i < std::min(events.size(), expected.answers.size()); ++i) {
      const std::string place = here_ + ", answer " + std::to_string(i + 1);
      const auto body = body_of(events[i], step.dry_run);
      if (!body) differ("a dry run and its events do not belong together", place);
      same(events[i].book, step.book, "an event is of another book", place);
      compare_answer(read({events[i].time, events[i].book, events[i].command, *body}), expected.answers[i],
                     place);
      const std::string kind(about(*body).kind);
      if (met_ != nullptr) met_->insert(kind + " " + expected.answers[i].status);
      bodies.push_back(*body);
    }
    same(events.size(), expected.answers.size(), "another number of answers", here_);
    compare_items(step, bodies, expected);
    if (met_ != nullptr) meet(step, expected);
  }

  // Each event is about the item whose turn it is, and those of a transaction's legs are of transfers.
  void compare_items(const Step& step, const std::vector<EventBody>& bodies, const Expected& expected) const {
    std::size_t event = 0;
    const auto compare = [&](const BulkItem& item) {
      same(about(bodies[event]), about(item), "an event is about another item",
           here_ + ", answer " + std::to_string(event + 1));
      for (std::uint32_t legs = expected.answers[event++].legs; legs > 0; --legs)
        same(about(bodies[event++]).kind, std::string_view("transfer"), "a leg is no transfer", here_);
    };
    std::visit(
        [&](const auto& command) { std::for_each(list(command).begin(), list(command).end(), compare); },
        step.items);
    same(event, bodies.size(), "another number of answers", here_);
  }

  static void compare_answer(const Answer& actual, const Answer& answer, const std::string& place) {
    if (actual.status != answer.status)
      differ("the core answers " + actual.status + " instead of " + answer.status, place);
    if (actual.timestamp != answer.timestamp)
      differ("the timestamp of an answer is another",
             place + ": " + name(actual.timestamp) + " instead of " + name(answer.timestamp));
    same(actual.time, answer.time, "an event has another time", place);
    same(actual.after, answer.after, "a transfer's event has other balances", place);
    same(actual.posting, answer.posting, "a refusal is about another posting", place);
    same(actual.available, answer.available, "a refusal says that another amount is available", place);
    same(actual.legs, answer.legs, "a transaction has another number of transfers", place);
    same(actual.changes, answer.changes, "other metadata is said to have changed", place);
  }

  // What happened to the command as a whole.
  void meet(const Step& step, const Expected& expected) const {
    if (step.dry_run) met_->insert("dry run");
    const auto* bulk = std::get_if<Bulk>(&step.items);
    if (bulk == nullptr) return;
    const auto done = [](const Answer& answer) {
      return answer.status == "created" || answer.status == "set";
    };
    const auto count =
        static_cast<std::size_t>(std::count_if(expected.answers.begin(), expected.answers.end(), done));
    const char* how = count == 0 ? " undone" : count == expected.answers.size() ? " done" : " done in part";
    met_->insert((bulk->atomic ? "atomic bulk" : "bulk") + std::string(how));
  }

  void look_at_all() {
    const auto broken = world_.broken_invariants();
    if (!broken.empty()) differ("an invariant is broken", here_ + ": " + broken.front());
    for (const auto& [book, model] : oracle_.models()) {
      world_.book = book;
      count_rows(model);
      for (const auto& [id, account] : model.accounts()) compare_account(model, id);
      for (const Model::Entry& entry : model.transfers()) compare_transfer(entry);
      for (const Transaction& transaction : model.transactions()) compare_transaction(model, transaction);
      for (const auto& [target, notes] : model.metadata())
        same(world_.metadata(target.kind, target.id), Metadata(notes.begin(), notes.end()),
             "metadata is kept otherwise", here_ + ", of " + name(target.id));
      for (const u128 id : model.burnt())
        same(world_.rows.contains(ledger::transfer_id_key({book, {id}})), true, "an id is not burnt",
             here_ + ", id " + name(id));
      for (const u128 id : model.burnt_transactions())
        same(world_.rows.contains(ledger::transaction_key({book, {id}})), true, "an id is not burnt",
             here_ + ", transaction " + name(id));
    }
  }

  // The events as their readers get them: as bytes.
  void look_at_rebuilt() {
    Bytes bytes;
    for (const Event& event : world_.history) encode_event(event, bytes);
    const auto events = decode_events(bytes, static_cast<std::uint32_t>(world_.history.size()));
    if (!events || *events != world_.history) differ("the events are others when they are read back", here_);
    Rebuilt rebuilt;
    for (const Event& event : *events) rebuilt.apply(event);
    same(rebuilt.rows(), world_.rows, "the state rebuilt from the events is another", here_);
  }

  void count_rows(const Model& model) {
    std::size_t accounts = 0, transfers = 0, ids = 0, transactions = 0, metadata = 0;
    for (const auto& [key, value] : world_.rows) {
      if (const auto account = ledger::parse_account_key(key)) accounts += account->book == world_.book;
      else if (const auto transfer = ledger::parse_transfer_key(key))
        transfers += transfer->book == world_.book;
      else if (const auto id = ledger::parse_transfer_id_key(key)) ids += id->book == world_.book;
      else if (const auto transaction = ledger::parse_transaction_key(key))
        transactions += transaction->book == world_.book;
      else if (const auto target = ledger::parse_metadata_key(key)) metadata += target->book == world_.book;
    }
    const std::string place = here_ + ", book " + to_string(world_.book);
    same(accounts, model.accounts().size(), "another number of accounts is kept", place);
    same(transfers, model.transfers().size(), "another number of transfers is kept", place);
    same(ids, model.transfers().size() + model.burnt().size(), "another number of transfer ids is kept",
         place);
    same(transactions, model.transactions().size() + model.burnt_transactions().size(),
         "another number of transactions is kept", place);
    same(metadata, model.metadata().size(), "the metadata of another number of targets is kept", place);
  }

  void compare_account(const Model& model, u128 id) {
    const std::string place = here_ + ", account " + name(id);
    const auto row = world_.find_account(id);
    same(std::optional<Account>(row), model.account(id), "an account is kept otherwise", place);
    same(row->limits, model.limits(id), "an account has other limits", place);
  }

  void compare_transaction(const Model& model, const Transaction& transaction) {
    const std::string place = here_ + ", transaction " + to_string(transaction.id);
    const auto row = world_.find_transaction(transaction.id.value);
    if (!row) differ("a transaction is not kept", place);
    ledger::TransactionRow kept;
    kept.reversal_of = transaction.reversal_of;
    kept.user_data_128 = transaction.user_data_128;
    kept.user_data_64 = transaction.user_data_64;
    kept.user_data_32 = transaction.user_data_32;
    kept.code = transaction.code;
    kept.flags = transaction.flags;
    kept.timestamp = transaction.timestamp;
    kept.metadata_hash = row->metadata_hash;  // whoever sends the same again shows whether it is right
    const std::vector<Posting> left = model.left_of(transaction);
    for (std::size_t i = 0; i < left.size(); ++i) {
      const Posting& posting = transaction.postings[i];
      kept.lines.push_back({posting, {posting.amount.value - left[i].amount.value}});
    }
    same(*row, kept, "a transaction is kept otherwise", place);
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
