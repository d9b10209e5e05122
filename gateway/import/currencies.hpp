// Which currency a commodity of a journal is.
#pragma once

#include <string>
#include <string_view>

namespace florin::importing {

// ISO 4217's code for "no currency is involved": what the ledger of any other commodity bears, its symbol
// being the ledger's name.
inline constexpr std::string_view no_currency = "XXX";

struct Currency {
  std::string code;
  unsigned exponent = 0;  // the decimals that ISO 4217 gives it; 0 for no_currency
};

// By its ISO 4217 code, or by one of the symbols $ (USD), € (EUR), £ (GBP) and ¥ (JPY).
Currency currency_of(std::string_view commodity);

}  // namespace florin::importing
