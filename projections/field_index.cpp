#include "projections/field_index.hpp"

namespace florin::projections {
namespace {

// Index rows have the ledger before the code: what the filter leaves open is looked up.
Result<IndexTerm> codes_term(const StoreReader& store, const FieldTables& tables, BookId book,
                             const FieldFilter& filter, Budget& budget) {
  IndexTerm term;
  std::vector<LedgerId> ledgers = filter.ledgers.value_or(std::vector<LedgerId>{});
  if (!filter.ledgers) {
    FLORIN_TRY_ASSIGN(const auto found,
                      values_behind(store, tables.ledgers_prefix(book), sizeof(LedgerId), budget));
    for (const std::uint32_t ledger : found) ledgers.push_back({ledger});
  }
  for (const LedgerId ledger : ledgers) {
    std::vector<std::uint32_t> codes(filter.codes.begin(), filter.codes.end());
    if (codes.empty()) {
      FLORIN_TRY_ASSIGN(
          codes, values_behind(store, tables.ledger_prefix(book, ledger), sizeof(std::uint16_t), budget));
    }
    for (const std::uint32_t code : codes)
      term.prefixes.push_back(tables.code_prefix(book, ledger, static_cast<std::uint16_t>(code)));
    if (term.prefixes.size() > index_values_max) break;
  }
  return term;
}

Result<void> add_codes(IndexFields& fields, const StoreReader& store, const FieldTables& tables, BookId book,
                       const FieldFilter& filter, Budget& budget) {
  if (!filter.ledgers && filter.codes.empty()) return {};
  FLORIN_TRY_ASSIGN(IndexTerm term, codes_term(store, tables, book, filter, budget));
  if (term.prefixes.empty()) fields.add_nothing();
  else fields.add(std::move(term));
  return {};
}

// Zero is what rows have that were given no user data: there is no index row for it.
template <class Int>
void add_user_data(IndexFields& fields, const FieldTables& tables, BookId book,
                   const std::vector<Int>& values) {
  if (std::find(values.begin(), values.end(), Int{0}) != values.end()) return;
  fields.add(values, [&](Int value) { return tables.prefix_of(book, value); });
}

}  // namespace

Result<void> add_fields(IndexFields& fields, const StoreReader& store, const FieldTables& tables, BookId book,
                        const FieldFilter& filter, Budget& budget) {
  add_user_data(fields, tables, book, filter.user_data_128);
  add_user_data(fields, tables, book, filter.user_data_64);
  add_user_data(fields, tables, book, filter.user_data_32);
  for (const auto& wanted : filter.metadata)
    fields.add(wanted.second,
               [&](const std::string& value) { return tables.metadata.index_of(book, wanted.first, value); });
  return add_codes(fields, store, tables, book, filter, budget);
}

}  // namespace florin::projections
