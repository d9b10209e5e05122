#include "gateway/import/import.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "gateway/import/account_names.hpp"
#include "gateway/import/text.hpp"

namespace florin::importing {
namespace {

using nlohmann::json;

constexpr std::size_t complaint_bytes_max = 8u << 10;  // in the report, of what a tool says of a journal

struct OpenLedger {
  std::string currency, name;
  std::uint64_t exponent = 0;
};
using OpenLedgers = std::map<std::uint64_t, OpenLedger>;

// Those that are granted to the client.
Result<OpenLedgers> read_open_ledgers(Api& api) {
  FLORIN_TRY_ASSIGN(const HttpAnswer answer, api.get("/ledger/ledgers"));
  if (answer.status != 200) return refused_call("GET /ledger/ledgers", read_problem(answer, {}));
  const json body = json::parse(answer.body, nullptr, false);
  OpenLedgers open;
  try {
    for (const json& row : body.at("data"))
      open[row.at("id").get<std::uint64_t>()] = {row.at("currency").get<std::string>(),
                                                 row.at("name").get<std::string>(),
                                                 row.at("exponent").get<std::uint64_t>()};
  } catch (const json::exception&) {
    return fail(Errc::format, "GET /ledger/ledgers was answered with something else than a list of ledgers");
  }
  return open;
}

// What keeps a ledger that is open from being the one of the plan; empty when nothing does. Amounts of
// another currency or exponent would be other amounts.
std::string difference(const Ledger& planned, const OpenLedger& open) {
  if (planned.currency != open.currency)
    return "it is open with the currency " + open.currency + ", not " + planned.currency +
           "; take another ledger with --ledger, or say --currency";
  if (planned.exponent != open.exponent)
    return "it is open with the exponent " + std::to_string(open.exponent) + ", not " +
           std::to_string(planned.exponent) + "; take another ledger with --ledger, or say --exponent";
  return {};
}

class JournalImport {
 public:
  JournalImport(Plan plan, Api* api, const SendOptions& options, Report& report, Progress& progress)
      : plan_(std::move(plan)), api_(api), options_(options), report_(report), progress_(progress) {}

  Result<void> run() {
    for (const Target& target : {ledgers_target, accounts_target, names_target, transactions_target})
      report_.counts(target.kind);
    for (const RefusedLine& line : plan_.refused) report_.refuse(line);
    if (plan_.empty > 0)
      report_.note(std::to_string(plan_.empty) + " transactions move nothing and were left out");
    if (api_ == nullptr) return count_only();
    Sender sender(*api_, report_, progress_, options_);
    FLORIN_TRY(open_ledgers(sender));
    FLORIN_TRY(send(sender, accounts_target, plan_.accounts, account_item));
    FLORIN_TRY(name_accounts(sender));
    return send(sender, transactions_target, plan_.transactions, transaction_item);
  }

 private:
  Result<void> count_only() {
    report_.counts(ledgers_target.kind).unseen += plan_.ledgers.size();
    report_.counts(accounts_target.kind).unseen += plan_.accounts.size();
    report_.counts(names_target.kind).unseen += plan_.accounts.size();
    report_.counts(transactions_target.kind).unseen += plan_.transactions.size();
    return {};
  }

  Result<void> open_ledgers(Sender& sender) {
    FLORIN_TRY_ASSIGN(const OpenLedgers open, read_open_ledgers(*api_));
    std::vector<PlannedLedger> missing;
    Counts& counts = report_.counts(ledgers_target.kind);
    for (const PlannedLedger& planned : plan_.ledgers) {
      const auto found = open.find(planned.ledger.id.value);
      const std::string fault = found == open.end() ? "" : difference(planned.ledger, found->second);
      if (!fault.empty())
        report_.refuse(
            {{}, ledgers_target.kind, to_string(planned.ledger.id), "exists_with_difference", fault});
      else if (found != open.end()) ++counts.existed;
      else missing.push_back(planned);
    }
    if (options_.dry_run) leave_out(missing);
    else FLORIN_TRY(send(sender, ledgers_target, missing, ledger_item));
    if (report_.counts(ledgers_target.kind).refused == 0) return {};
    return fail(Errc::already_exists, "not every ledger can be used, so nothing else was sent");
  }

  // What a dry run cannot ask for: there is no preview of opening a ledger.
  void leave_out(const std::vector<PlannedLedger>& missing) {
    report_.counts(ledgers_target.kind).created += missing.size();
    const auto gone = std::erase_if(plan_.accounts, [&missing](const PlannedAccount& planned) {
      return std::any_of(missing.begin(), missing.end(), [&planned](const PlannedLedger& ledger) {
        return ledger.ledger.id == planned.account.ledger;
      });
    });
    report_.counts(accounts_target.kind).unseen += gone;
  }

  // Where all accounts are new, none can bear its name yet.
  Result<void> name_accounts(Sender& sender) {
    if (report_.counts(accounts_target.kind).existed == 0)
      return send(sender, names_target, plan_.accounts, name_item);
    FLORIN_TRY_ASSIGN(const auto named, find_named(*api_, plan_.accounts, sender.position()));
    std::vector<PlannedAccount> unnamed;
    for (std::size_t i = 0; i < named.size(); ++i)
      if (!named[i]) unnamed.push_back(plan_.accounts[i]);
    report_.counts(names_target.kind).existed += named.size() - unnamed.size();
    return send(sender, names_target, unnamed, name_item);
  }

  template <class Planned>
  Result<void> send(Sender& sender, const Target& target, const std::vector<Planned>& all,
                    Item (*make)(const Planned&)) {
    progress_.start(target.kind + "s", all.size());
    sender.begin(target);
    for (const Planned& planned : all) FLORIN_TRY(sender.add(make(planned)));
    return sender.finish();
  }

  Plan plan_;
  Api* api_;
  const SendOptions& options_;
  Report& report_;
  Progress& progress_;
};

}  // namespace

Result<void> import_journal(const Journal& journal, const Imports& imports, Api* api, Report& report,
                            Progress& progress) {
  FLORIN_TRY_ASSIGN(Plan plan, make_plan(journal, imports.plan));
  return JournalImport(std::move(plan), api, imports.sending, report, progress).run();
}

Result<void> run_import(const Imports& imports, Api* api, Report& report, Progress& progress) {
  if (imports.format == Format::csv) return import_transfers(imports, api, report, progress);
  auto journal = read_journal(imports.file, imports.format);
  if (journal) return import_journal(*journal, imports, api, report, progress);
  if (journal.error().code == Errc::format)
    report.refuse({{imports.file, 0},
                   "journal",
                   {},
                   "not_accepted",
                   clean_text(journal.error().message, complaint_bytes_max, '\n')});
  return fail(std::move(journal).error());
}

}  // namespace florin::importing
