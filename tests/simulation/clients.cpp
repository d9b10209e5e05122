#include "tests/simulation/clients.hpp"

#include <algorithm>

namespace florin::simulation {

namespace {

constexpr ClientId robot{42};
constexpr u128 first_till = 100;  // of accounts that payments are between, in book 1
constexpr std::uint64_t tills_count = 4;

CommandBody body(const std::vector<Account>& items) { return CreateAccounts{items}; }
CommandBody body(const std::vector<Transfer>& items) { return CreateTransfers{items}; }
CommandBody body(const Bulk& bulk) { return bulk; }

CommandHeader header_of(BookId book, Principal principal) {
  CommandHeader header;
  header.book = book;
  header.principal = principal;
  header.credential_version = principal.kind == PrincipalKind::client ? 1 : 0;
  return header;
}

Hash256 fingerprint(std::uint64_t number) {
  Hash256 hash{};
  hash[0] = static_cast<std::uint8_t>(number);
  hash[1] = static_cast<std::uint8_t>(number >> 8);
  hash[2] = 1;
  return hash;
}

bool refusal(const Event& event) { return std::holds_alternative<CommandRefused>(event.body); }

}  // namespace

Clients::Clients(Chance& chance, std::uint64_t seed, std::size_t commands)
    : chance_(chance), generator_(seed, property::usual_start) {
  for (const BookId book : {BookId{1}, BookId{2}}) set_up(book);
  set_up_ = calls_.size();
  for (const BookId book : {BookId{1}, BookId{2}}) calls_.push_back({from(generator_.founding(book))});
  calls_.push_back({from({0, 0, BookId{1}, false, tills()})});
  for (std::size_t i = 0; i < commands; ++i) {
    property::Step step = generator_.next();
    if (chance_.one_in(2)) step = {step.stamp, 0, BookId{1}, chance_.one_in(20), payments()};
    calls_.push_back({from(step)});
  }
}

// The generator's commands fail more often than not; these succeed.
std::vector<Account> Clients::tills() {
  std::vector<Account> accounts;
  for (u128 id = 1; id <= tills_count; ++id) {
    Account account;
    account.id = {first_till + id};
    account.ledger = {1};
    account.code = 1;
    account.flags = id == 1 ? account_flags::history : std::uint16_t{0};
    accounts.push_back(account);
  }
  return accounts;
}

// Payments, holds of a few seconds, and what settles them.
std::vector<Transfer> Clients::payments() {
  std::vector<Transfer> transfers;
  const bool linked = chance_.one_in(4);
  for (std::uint64_t left = 1 + chance_.below(4); left > 0; --left) {
    Transfer transfer;
    transfer.id = {next_payment_++};
    const std::uint64_t debit = chance_.below(tills_count);
    transfer.debit_account_id = {first_till + 1 + debit};
    transfer.credit_account_id = {first_till + 1 + (debit + 1) % tills_count};
    transfer.amount = {1 + chance_.below(100)};
    transfer.ledger = {1};
    transfer.code = 1;
    if (chance_.one_in(2)) {
      transfer.flags = transfer_flags::pending;
      transfer.timeout = static_cast<std::uint32_t>(chance_.below(4));
    } else if (chance_.one_in(2) && transfer.id.value > first_payment) {
      transfer = Transfer{};
      transfer.id = {next_payment_ - 1};
      transfer.pending_id = {first_payment +
                             chance_.below(static_cast<std::uint64_t>(next_payment_ - first_payment))};
      const bool posts = chance_.one_in(2);
      transfer.flags = posts ? transfer_flags::post_pending_transfer : transfer_flags::void_pending_transfer;
      transfer.amount = {posts ? u128_max : 0};
    }
    if (linked && left > 1) transfer.flags |= transfer_flags::linked;
    transfers.push_back(transfer);
  }
  return transfers;
}

void Clients::set_up(BookId book) {
  Client client;
  client.id = robot;
  client.name = "robot";
  client.scopes = scopes::all;
  client.all_ledgers = true;
  std::vector<Ledger> ledgers;
  for (const std::uint32_t id : property::open_ledgers) ledgers.push_back({{id}, "EUR", 2, "Euro", {}});
  const CommandHeader header = header_of(book, {PrincipalKind::operator_, 0});
  add(OpenBook{"Book"}, header);
  add(CreateClient{client}, header);
  add(OpenLedgers{ledgers}, header);
}

void Clients::add(CommandBody body, CommandHeader header) {
  header.keyed = {{{next_key_}, fingerprint(next_key_)}};
  ++next_key_;
  calls_.push_back({{header, std::move(body)}});
}

// Most have a key; a few have one that was used before, or a moment behind which they must not be decided.
Command Clients::from(const property::Step& step) {
  CommandHeader header = header_of(step.book, {PrincipalKind::client, robot.value});
  header.dry_run = step.dry_run;
  if (!chance_.one_in(6)) {
    const bool used = chance_.one_in(16);
    const std::uint64_t key = used ? 1 + chance_.below(next_key_) : next_key_++;
    header.keyed = {{{key}, fingerprint(key + (used ? 1 : 0))}};
  }
  if (chance_.one_in(12)) header.not_after = {step.stamp + chance_.below(1'000'000'000)};
  return {header, std::visit([](const auto& asked) { return body(asked); }, step.items)};
}

std::optional<std::size_t> Clients::pick() {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < calls_.size() && open.size() < 6; ++i) {
    if (calls_[i].state == State::unsent || calls_[i].state == State::unknown) open.push_back(i);
    if (i < set_up_ && calls_[i].state != State::answered) break;
  }
  if ((open.empty() || chance_.one_in(8)) && chance_.one_in(2)) {
    const std::size_t again = chance_.below(calls_.size());
    if (calls_[again].state == State::answered && !calls_[again].command.header.keyed.empty()) return again;
  }
  if (open.empty()) return std::nullopt;
  return chance_.one_in(3) ? open[chance_.below(open.size())] : open.front();
}

const Command& Clients::sent(std::size_t index) {
  Call& call = calls_[index];
  if (call.state != State::unsent) chance_.met(Fault::command_sent_again, std::to_string(index));
  if (call.state != State::answered) call.state = State::waiting;
  return call.command;
}

void Clients::refused(std::size_t index) {
  if (calls_[index].state == State::waiting) calls_[index].state = State::unknown;
}

void Clients::answered(std::size_t index, const Result<gateway::Outcome>& outcome) {
  Call& call = calls_[index];
  if (!outcome) {
    const bool unknown = outcome.error().code == Errc::deadline;
    chance_.met(unknown ? Fault::outcome_unknown : Fault::command_refused_in_time, outcome.error().message);
    return refused(index);
  }
  Told told{outcome->first(), outcome->last(), {}};
  outcome->for_each([&](const Event& event) { encode_event(event, told.events); });
  const bool keyed = !call.command.header.keyed.empty();
  if (call.told && keyed && !refusal(outcome->front()) && told != *call.told)
    wrong("command " + std::to_string(index) + " was answered with events " + to_string(call.told->first) +
          " to " + to_string(call.told->last) + ", and then with " + to_string(told.first) + " to " +
          to_string(told.last));
  if (outcome->replayed()) chance_.met(Fault::first_answer_given_again, std::to_string(index));
  call.state = State::answered;
  // A refusal is not remembered: the same call may be decided anew.
  if (!call.told && !(keyed && refusal(outcome->front()))) call.told = told;
  if (!std::holds_alternative<CommandRefused>(outcome->front().body) &&
      outcome->front().book != call.command.header.book)
    wrong("command " + std::to_string(index) + " got an event of another book");
}

void Clients::process_died() {
  for (Call& call : calls_)
    if (call.state == State::waiting) call.state = State::unknown;
}

bool Clients::all_answered() const {
  return std::all_of(calls_.begin(), calls_.end(),
                     [](const Call& call) { return call.state == State::answered; });
}

std::vector<Told> Clients::told() const {
  std::vector<Told> out;
  for (const Call& call : calls_)
    if (call.told) out.push_back(*call.told);
  return out;
}

}  // namespace florin::simulation
