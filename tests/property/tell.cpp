#include "tests/property/tell.hpp"

#include <array>

#include "tests/property/oracle.hpp"

namespace florin::property {
namespace {

constexpr std::array account_flag_words{"linked",
                                        "that keeps debits within credits",
                                        "that keeps credits within debits",
                                        "with history",
                                        "imported",
                                        "closed"};
constexpr std::array transfer_flag_words{"linked",        "pending",         "posting",
                                         "voiding",       "balancing debit", "balancing credit",
                                         "closing debit", "closing credit",  "imported"};

std::string number(u128 value) {
  const u128 below_max = u128_max - value;
  if (below_max < 1000) return "2^128-" + to_string(below_max + 1);
  return to_string(value);
}

// As a distance from now where it is near, since a story may be told again at another time.
std::string time(std::uint64_t at, std::uint64_t now) {
  constexpr std::uint64_t near = 1000 * ledger::ns_per_s;
  if (at == now) return "now";
  if (at < now && now - at < near) return "now-" + to_string(u128{now - at});
  if (at > now && at - now < near) return "now+" + to_string(u128{at - now});
  return number(at);
}

class Words {
 public:
  explicit Words(std::string start) : text_(std::move(start)) {}

  void say(const std::string& words, const char* before = ", ") { text_ += before + words; }
  // What a field holds where it is not what the words so far imply.
  template <class Value>
  void say(const char* words, Value value, Value implied, const char* before = ", ") {
    if (value != implied) say(std::string(words) + " " + number(value), before);
  }
  template <std::size_t Count>
  void say_flags(unsigned flags, unsigned implied, const std::array<const char*, Count>& words) {
    for (unsigned bit = 0; bit < 16; ++bit) {
      if (((flags ^ implied) >> bit & 1) == 0) continue;
      if (bit < Count) say(words[bit]);
      else say("unknown flag " + std::to_string(bit));
    }
  }
  template <class Item>
  void say_shared(const Item& item, unsigned ledger, unsigned code, unsigned imported, std::uint64_t now) {
    say("in ledger", item.ledger.value, ledger);
    say("code", u128{item.code}, u128{code});
    say("user_data_128", item.user_data_128, u128{0});
    say("user_data_64", item.user_data_64, std::uint64_t{0});
    say("user_data_32", item.user_data_32, 0u);
    const std::uint64_t timestamp = item.timestamp.value;
    if ((item.flags & imported) != 0) say("imported at " + time(timestamp, now));
    else if (timestamp != 0) say("stamped " + time(timestamp, now));
  }
  std::string text() const { return text_; }

 private:
  std::string text_;
};

// The word that a transfer starts with, and what it implies.
Transfer implied_by(std::uint16_t flags, std::string& word) {
  Transfer implied;
  const bool posts = (flags & transfer_flags::post_pending_transfer) != 0;
  const bool voids = (flags & transfer_flags::void_pending_transfer) != 0;
  if (posts != voids) {
    word = posts ? "post " : "void ";
    implied.flags = posts ? transfer_flags::post_pending_transfer : transfer_flags::void_pending_transfer;
    implied.amount = posts ? amount_max : Amount{};
    return implied;
  }
  implied.ledger.value = 1;
  implied.code = 20;
  implied.flags = flags & transfer_flags::pending;
  word = implied.flags != 0 ? "hold " : "transfer ";
  return implied;
}

void say_pause(const Story& story, std::size_t index, const Expected& expected, std::uint64_t now,
               std::string& out) {
  const Step& step = story.steps[index];
  if (step.stamp > now) {
    // now is the earliest time that an event can have: a nanosecond behind the last one.
    const std::string ns = to_string(u128{step.stamp - now + 1});
    out += "    when " + ns + " ns pass" + (expected.released.empty() ? " unseen" : "") + "\n";
  }
  for (const Release& release : expected.released)
    out += "    # hold " + number(release.due.id) + " of book " + to_string(release.book) + " is released\n";
  if (expected.left_due != 0 && !expected.released.empty())
    out += "    # and no more: " + std::to_string(expected.left_due) + " stay, though they are due\n";
}

// Of each item a word; the legs of a transaction are not items.
std::string said(const std::vector<Answer>& answers) {
  std::string out;
  for (std::size_t i = 0; i < answers.size(); i += 1 + answers[i].legs)
    out += (i == 0 ? "" : ", ") + answers[i].status;
  return out;
}

// Long values are told by their length.
std::string text(const std::string& value) {
  return value.size() <= 8 ? "\"" + value + "\"" : std::to_string(value.size()) + " bytes";
}

}  // namespace

std::string tell(const BulkItem& item, std::uint64_t now) {
  return std::visit([&](const auto& one) { return tell(one, now); }, item);
}

std::string tell(const Account& account, std::uint64_t now) {
  Words words("account " + number(account.id.value));
  words.say_flags(account.flags & ~unsigned{account_flags::imported}, 0, account_flag_words);
  words.say_shared(account, 1, 10, account_flags::imported, now);
  words.say("with pending debits", account.balances.debits_pending.value, u128{0});
  words.say("with debits", account.balances.debits_posted.value, u128{0});
  words.say("with pending credits", account.balances.credits_pending.value, u128{0});
  words.say("with credits", account.balances.credits_posted.value, u128{0});
  words.say("reserved", account.reserved, 0u);
  return words.text();
}

std::string tell(const Transfer& transfer, std::uint64_t now) {
  std::string word;
  const Transfer implied = implied_by(transfer.flags, word);
  Words words(word + number(transfer.id.value));
  words.say("for hold", transfer.pending_id.value, u128{0}, " ");
  words.say("of", transfer.amount.value, implied.amount.value, " ");
  words.say("from", transfer.debit_account_id.value, u128{0}, " ");
  words.say("to", transfer.credit_account_id.value, u128{0}, " ");
  if (transfer.timeout != 0) words.say("for " + std::to_string(transfer.timeout) + " s", " ");
  words.say_flags(transfer.flags & ~unsigned{transfer_flags::imported}, implied.flags, transfer_flag_words);
  words.say_shared(transfer, implied.ledger.value, implied.code, transfer_flags::imported, now);
  return words.text();
}

std::string tell(const Transaction& transaction, std::uint64_t now) {
  const bool whole = (transaction.flags & transaction_flags::whole) != 0;
  Words words((whole ? "whole reversal " : "transaction ") + number(transaction.id.value));
  words.say("of transaction", transaction.reversal_of.value, u128{0}, " ");
  for (const Posting& posting : transaction.postings)
    words.say((posting.side == PostingSide::debit ? "debit " : "credit ") + number(posting.account.value) +
              " " + number(posting.amount.value));
  words.say("code", u128{transaction.code}, u128{transaction.reversal_of.value != 0 ? 0u : 30u});
  words.say("user_data_128", transaction.user_data_128, u128{0});
  words.say("user_data_64", transaction.user_data_64, std::uint64_t{0});
  words.say("user_data_32", transaction.user_data_32, 0u);
  const std::uint64_t timestamp = transaction.timestamp.value;
  if ((transaction.flags & transaction_flags::imported) != 0)
    words.say("imported at " + time(timestamp, now));
  else if (timestamp != 0) words.say("stamped " + time(timestamp, now));
  for (const auto& [key, value] : transaction.metadata) words.say("with " + key + " = " + text(value));
  return words.text();
}

std::string tell(const SetMetadata& metadata, std::uint64_t) {
  static constexpr std::array kinds{"account ", "transfer ", "transaction "};
  Words words("metadata of " + std::string(kinds.at(static_cast<std::size_t>(metadata.target.kind))) +
              number(metadata.target.id));
  for (const auto& [key, value] : metadata.changes)
    words.say(value ? key + " = " + text(*value) : "without " + key);
  return words.text();
}

std::string tell(const SetLimits& limits, std::uint64_t) {
  Words words("limits of account " + number(limits.account.value));
  if (limits.limits.debit_balance_max)
    words.say("debit_balance_max " + number(limits.limits.debit_balance_max->value));
  if (limits.limits.credit_balance_max)
    words.say("credit_balance_max " + number(limits.limits.credit_balance_max->value));
  return words.text();
}

std::string tell(const Story& story) {
  std::string out;
  if (story.start != usual_start) out += "    given the end of time is 90 s away\n";
  if (story.memory == ledger::test::Memory::cold) out += "    # every row is read from the store\n";
  Oracle oracle(story.start);
  for (std::size_t i = 0; i < story.steps.size(); ++i) {
    const std::uint64_t now = oracle.now();
    const Expected expected = oracle.next(story.steps[i]);
    say_pause(story, i, expected, now, out);
    if (story.steps[i].book != BookId{1}) out += "    # in book " + to_string(story.steps[i].book) + "\n";
    if (story.steps[i].dry_run) out += "    # in a dry run\n";
    const auto* bulk = std::get_if<Bulk>(&story.steps[i].items);
    if (bulk != nullptr) out += bulk->atomic ? "    # as one atomic bulk\n" : "    # as one bulk\n";
    const auto say_items = [&](const auto& command) {
      for (std::size_t j = 0; j < list(command).size(); ++j)
        out += (j == 0 ? "    when " : "    and ") + tell(list(command)[j], expected.start) + "\n";
    };
    std::visit(say_items, story.steps[i].items);
    out += "    then " + said(expected.answers) + "\n";
  }
  return out;
}

}  // namespace florin::property
