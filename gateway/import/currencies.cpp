#include "gateway/import/currencies.hpp"

namespace florin::importing {
namespace {

// The national currencies in use of ISO 4217, by their decimals; codes have three letters each.
constexpr std::string_view decimals_0 = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF ";
constexpr std::string_view decimals_2 =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
    "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD "
    "SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR "
    "ZMW ";
constexpr std::string_view decimals_3 = "BHD IQD JOD KWD LYD OMR TND ";

bool listed(std::string_view list, std::string_view code) {
  for (; !list.empty(); list.remove_prefix(4))
    if (list.substr(0, 3) == code) return true;
  return false;
}

}  // namespace

Currency currency_of(std::string_view commodity) {
  constexpr std::pair<std::string_view, std::string_view> symbols[] = {
      {"$", "USD"}, {"€", "EUR"}, {"£", "GBP"}, {"¥", "JPY"}};
  for (const auto& [symbol, code] : symbols)
    if (commodity == symbol) return currency_of(code);
  if (listed(decimals_2, commodity)) return {std::string(commodity), 2};
  if (listed(decimals_0, commodity)) return {std::string(commodity), 0};
  if (listed(decimals_3, commodity)) return {std::string(commodity), 3};
  return {std::string(no_currency), 0};
}

}  // namespace florin::importing
