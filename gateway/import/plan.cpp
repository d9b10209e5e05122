#include "gateway/import/plan.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "gateway/import/currencies.hpp"
#include "gateway/import/plan_ids.hpp"
#include "gateway/import/text.hpp"

namespace florin::importing {
namespace {

constexpr std::size_t description_bytes_max = 2000, code_bytes_max = 500, source_bytes_max = 500;
constexpr std::size_t journal_transaction_postings_max = 10 * postings_max;  // before accounts are summed up
constexpr std::uint64_t ns_per_day = 86'400'000'000'000;
constexpr std::int64_t days_max = 100'000;  // 2243: what is later does not fit into a timestamp

std::string iso_date(std::chrono::sys_days date) {
  const std::chrono::year_month_day day(date);
  std::string text = std::to_string(
      static_cast<int>(day.year()) * 10'000 +
      static_cast<int>(static_cast<unsigned>(day.month()) * 100 + static_cast<unsigned>(day.day())));
  return text.insert(6, "-").insert(4, "-");
}

// What a transaction moves, before anything is created for it: sums by account, in the order of the file.
struct Net {
  std::string_view account;
  std::string_view commodity;
  i128 sum = 0;  // of units; positive = debit
};

class Builder {
 public:
  explicit Builder(const PlanOptions& options) : options_(options) {}

  Result<Plan> build(const Journal& journal) {
    std::vector<std::string> faults;
    for (const JournalTransaction& transaction : journal) {
      faults.push_back(fault_of(transaction));
      if (faults.back().empty()) note_commodities(transaction);
    }
    FLORIN_TRY(open_ledgers());
    for (std::size_t i = 0; i < journal.size(); ++i) {
      if (faults[i].empty()) faults[i] = add(journal[i]);
      if (!faults[i].empty())
        plan_.refused.push_back({journal[i].source, "transaction", {}, "not_importable", faults[i]});
    }
    return std::move(plan_);
  }

 private:
  // Why the transaction cannot be imported, as far as it can be told without the others.
  std::string fault_of(const JournalTransaction& transaction) const {
    if (!transaction.wrong.empty()) return transaction.wrong;
    const auto days = transaction.date.time_since_epoch().count();
    if (days < 0 || days > days_max)
      return "the date " + iso_date(transaction.date) +
             " is outside of what Florin's timestamps hold (1970 to 2243)";
    if (transaction.postings.size() > journal_transaction_postings_max)
      return "it has " + std::to_string(transaction.postings.size()) + " postings, too many to look at";
    for (const JournalPosting& posting : transaction.postings) {
      const auto given = options_.exponents.find(posting.commodity);
      const unsigned most = given == options_.exponents.end() ? decimals_max : given->second;
      if (posting.quantity.decimals > most)
        return "the amount " + to_string(posting.quantity) + " " + posting.commodity + " has more than " +
               std::to_string(most) + " decimals";
    }
    return {};
  }

  void note_commodities(const JournalTransaction& transaction) {
    for (const JournalPosting& posting : transaction.postings) {
      if (posting.quantity.zero()) continue;
      const auto [place, added] = decimals_.try_emplace(posting.commodity, 0);
      if (added) commodities_.push_back(posting.commodity);
      place->second = std::max(place->second, posting.quantity.decimals);
    }
  }

  Result<void> open_ledgers() {
    std::set<std::uint32_t> taken;
    for (const auto& [commodity, id] : options_.ledgers) {
      if (!taken.insert(id).second)
        return fail(Errc::invalid_argument, "ledger " + std::to_string(id) + " is given to two commodities");
      if (decimals_.count(commodity) == 0)
        return fail(Errc::invalid_argument,
                    "no amount of the journal is in \"" + commodity + "\", which --ledger names");
    }
    std::uint32_t next = options_.ledger_base;
    for (const std::string& commodity : commodities_) {
      PlannedLedger planned{commodity, {}};
      const auto given = options_.ledgers.find(commodity);
      while (given == options_.ledgers.end() && taken.count(next) != 0) ++next;
      planned.ledger.id = {given == options_.ledgers.end() ? next++ : given->second};
      set_currency(planned);
      planned.ledger.name = clean_text(commodity.empty() ? "no commodity" : commodity, name_bytes_max);
      exponents_[commodity] = planned.ledger.exponent;
      ledger_ids_[commodity] = planned.ledger.id;
      plan_.ledgers.push_back(std::move(planned));
    }
    return {};
  }

  void set_currency(PlannedLedger& planned) const {
    const Currency known = currency_of(planned.commodity);
    const auto code = options_.currencies.find(planned.commodity);
    const auto exponent = options_.exponents.find(planned.commodity);
    planned.ledger.currency = code == options_.currencies.end() ? known.code : code->second;
    planned.ledger.exponent = static_cast<std::uint8_t>(
        exponent == options_.exponents.end() ? std::max(known.exponent, decimals_.at(planned.commodity))
                                             : exponent->second);
  }

  // Adds to the sum of an account; false when it does not fit.
  static bool add_to(std::vector<Net>& nets, std::string_view account, std::string_view commodity,
                     i128 units) {
    for (Net& net : nets)
      if (net.account == account && net.commodity == commodity)
        return !__builtin_add_overflow(net.sum, units, &net.sum);
    nets.push_back({account, commodity, units});
    return true;
  }

  // Sums of all accounts, and of the two that stand against what is left: zero in each commodity.
  bool sum_up(const JournalTransaction& transaction, std::vector<Net>& nets) const {
    std::vector<Net> left;
    for (const JournalPosting& posting : transaction.postings) {
      if (posting.quantity.zero()) continue;
      const auto units = in_units(posting.quantity, exponents_.at(posting.commodity));
      const std::string& against =
          posting.is_virtual ? options_.virtual_account : options_.conversion_account;
      if (!units || !add_to(nets, posting.account, posting.commodity, *units) ||
          !add_to(left, against, posting.commodity, -*units))
        return false;
    }
    for (const Net& net : left)
      if (net.sum != 0 && !add_to(nets, net.account, net.commodity, net.sum)) return false;
    std::erase_if(nets, [](const Net& net) { return net.sum == 0; });
    return true;
  }

  std::string add(const JournalTransaction& journal) {
    std::vector<Net> nets;
    if (!sum_up(journal, nets)) return "its amounts are beyond what 128 bits hold";
    const TransactionId bare = transaction_id(journal, 0);
    const std::uint64_t occurrence = occurrences_[bare.value]++;
    if (nets.empty()) {
      ++plan_.empty;
      return {};
    }
    if (nets.size() > postings_max)
      return "it moves " + std::to_string(nets.size()) + " accounts; a transaction may have " +
             std::to_string(postings_max) + " postings";
    PlannedTransaction planned{journal.source, {}};
    Transaction& transaction = planned.transaction;
    transaction.id = occurrence == 0 ? bare : transaction_id(journal, occurrence);
    transaction.code = transaction_code;
    transaction.flags = transaction_flags::imported;
    for (const Net& net : nets) {
      const PostingSide side = net.sum > 0 ? PostingSide::debit : PostingSide::credit;
      const u128 amount = static_cast<u128>(net.sum > 0 ? net.sum : -net.sum);
      transaction.postings.push_back({account_for(net, journal), side, {amount}, {}});
    }
    transaction.metadata = metadata_of(journal);
    // Its transfers take the timestamps behind its own.
    transaction.timestamp = tick(journal.date, 1 + transaction.postings.size());
    plan_.transactions.push_back(std::move(planned));
    return {};
  }

  // The account is made when a transaction first moves it, just before that transaction.
  AccountId account_for(const Net& net, const JournalTransaction& journal) {
    const AccountId id = account_id(net.account, net.commodity);
    if (!accounts_.insert(id).second) return id;
    PlannedAccount planned{journal.source, std::string(net.account), std::string(net.commodity), {}};
    planned.account.id = id;
    planned.account.ledger = ledger_ids_.at(planned.commodity);
    planned.account.code = static_cast<std::uint16_t>(account_code(net.account));
    planned.account.flags = account_flags::history | account_flags::imported;
    planned.account.timestamp = tick(journal.date, 1);
    plan_.accounts.push_back(std::move(planned));
    return id;
  }

  static Metadata metadata_of(const JournalTransaction& journal) {
    Metadata metadata;
    const auto put = [&metadata](std::string key, std::string value) {
      if (!value.empty()) metadata.emplace_back(std::move(key), std::move(value));
    };
    const std::string place = std::filesystem::path(journal.source.file).filename().string() + ":" +
                              std::to_string(journal.source.line);
    put("code", clean_text(journal.code, code_bytes_max));
    put("date", iso_date(journal.date));
    put("description", clean_text(journal.description, description_bytes_max));
    put("source", clean_text(place, source_bytes_max));
    return metadata;
  }

  // The first of `count` timestamps that nothing else has: from midnight on, one nanosecond after the other.
  Timestamp tick(std::chrono::sys_days date, std::size_t count) {
    const auto midnight = static_cast<std::uint64_t>(date.time_since_epoch().count()) * ns_per_day;
    const std::uint64_t first = std::max(midnight, next_);
    next_ = first + count;
    return {first};
  }

  const PlanOptions& options_;
  Plan plan_;
  std::map<std::string, unsigned> decimals_;  // by commodity, the most that were seen
  std::vector<std::string> commodities_;      // in the order in which they were seen
  std::map<std::string, unsigned> exponents_;
  std::map<std::string, LedgerId> ledger_ids_;
  std::set<AccountId> accounts_;
  std::map<u128, std::uint64_t> occurrences_;
  std::uint64_t next_ = 1;
};

}  // namespace

AccountCode account_code(std::string_view name) {
  constexpr std::pair<std::string_view, AccountCode> firsts[] = {
      {"asset", AccountCode::asset},          {"liability", AccountCode::liability},
      {"liabilitie", AccountCode::liability}, {"debt", AccountCode::liability},
      {"equity", AccountCode::equity},        {"income", AccountCode::income},
      {"revenue", AccountCode::income},       {"expense", AccountCode::expense}};
  std::string first(name.substr(0, name.find(':')));
  for (char& c : first) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  for (const auto& [known, code] : firsts)
    if (first == known || first == std::string(known) + "s") return code;
  return AccountCode::other;
}

Result<Plan> make_plan(const Journal& journal, const PlanOptions& options) {
  return Builder(options).build(journal);
}

}  // namespace florin::importing
