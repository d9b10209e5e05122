// Decimal numbers, and the currencies and texts of journals.
#include "gateway/import/decimal.hpp"

#include <doctest/doctest.h>

#include "gateway/import/currencies.hpp"
#include "gateway/import/text.hpp"
#include "schemas/money.hpp"

namespace florin::importing {
namespace {

std::string read(std::string_view text) {
  const auto number = read_decimal(text);
  return number ? to_string(*number) : "none";
}

std::string units(std::string_view text, unsigned exponent) {
  const auto number = read_decimal(text);
  REQUIRE(number);
  const auto sum = in_units(*number, exponent);
  if (!sum) return "none";
  return (*sum < 0 ? "-" : "") + florin::to_string(static_cast<u128>(*sum < 0 ? -*sum : *sum));
}

TEST_CASE("given a number as a tool prints it, it is read exactly, and zeros at its end are cut off") {
  CHECK(read("1000") == "1000");
  CHECK(read("-12.50") == "-12.5");
  CHECK(read("+0.001") == "0.001");
  CHECK(read("1234567,891") == "1234567.891");
  CHECK(read("0.123456789012345678901234567890") == "0.12345678901234567890123456789");
  CHECK(read("-0.00") == "0");
  CHECK(read("00012") == "12");
}

TEST_CASE("given what is no plain decimal number, it is none") {
  for (const char* text : {"", "-", ".", ".5", "1.2.3", "1,000.00", "1e3", " 1", "1 ", "0x1", "--1", "١",
                           "170141183460469231731687303715884105728"})
    CHECK_MESSAGE(read(text) == "none", text);
}

TEST_CASE("given an exponent, a number is counted in its units, and no digit is lost silently") {
  CHECK(units("12.5", 2) == "1250");
  CHECK(units("-12.5", 1) == "-125");
  CHECK(units("12.50", 1) == "125");
  CHECK(units("12.55", 1) == "none");
  CHECK(units("0", 18) == "0");
  CHECK(units("170141183460469231731.687303715884105727", 18) == "170141183460469231731687303715884105727");
  CHECK(units("170141183460469231732", 18) == "none");
}

TEST_CASE("given a commodity, its currency is that of ISO 4217, or none") {
  CHECK(currency_of("EUR").code == "EUR");
  CHECK(currency_of("EUR").exponent == 2);
  CHECK(currency_of("€").code == "EUR");
  CHECK(currency_of("$").code == "USD");
  CHECK(currency_of("JPY").exponent == 0);
  CHECK(currency_of("¥").code == "JPY");
  CHECK(currency_of("KWD").exponent == 3);
  CHECK(currency_of("ZMW").code == "ZMW");
  for (const char* other : {"", "AAPL", "eur", "EUR ", "UR ", "XTS", "VACHR"})
    CHECK_MESSAGE(currency_of(other).code == no_currency, other);
  CHECK(currency_of("AAPL").exponent == 0);
}

TEST_CASE("given any bytes, text for Florin is UTF-8 without control characters and within its bound") {
  CHECK(clean_text("Páy dày", 100) == "Páy dày");
  CHECK(clean_text("two\nlines\x7f", 100) == "two lines ");
  CHECK(clean_text("two\nlines\x7f", 100, '\n') == "two\nlines ");
  CHECK(clean_text("a\xff\xc3", 100) == "a??");
  CHECK(clean_text("Русский", 5) == "Ру");
  CHECK(clean_text("abc", 3) == "abc");
  CHECK(clean_text("abcd", 3) == "abc");
  CHECK(clean_text("", 3) == "");
}

}  // namespace
}  // namespace florin::importing
