// Money is an integer, and its text has one spelling.
#include <doctest/doctest.h>

#include "schemas/access.hpp"
#include "schemas/money.hpp"

namespace florin {

TEST_CASE("adding and subtracting tells overflow and never wraps") {
  CHECK(checked_add({1}, {2}) == Amount{3});
  CHECK_FALSE(checked_add(amount_max, {1}).has_value());
  CHECK(checked_subtract({2}, {2}) == Amount{0});
  CHECK_FALSE(checked_subtract({1}, {2}).has_value());
}

TEST_CASE("decimal text is canonical in both directions") {
  for (const u128 value : {u128{0}, u128{7}, u128{1'000}, u128_max})
    CHECK(parse_decimal(to_string(value)) == value);
  CHECK(to_string(u128_max) == "340282366920938463463374607431768211455");
  for (const char* text :
       {"", "00", "01", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1",
        "340282366920938463463374607431768211456", "999999999999999999999999999999999999999",
        "1234567890123456789012345678901234567890"})
    CHECK_FALSE(parse_decimal(text).has_value());
  CHECK(parse_decimal("65535", 65535) == u128{65535});
  CHECK_FALSE(parse_decimal("65536", 65535).has_value());
}

TEST_CASE("scopes are read from their names, each once") {
  std::uint16_t found = 0;
  CHECK(parse_scopes("ledger:read book:admin", found));
  CHECK(found == (scopes::ledger_read | scopes::book_admin));
  CHECK(scope_names(found) == "ledger:read book:admin");
  CHECK(parse_scopes("", found));
  CHECK(found == 0);
  for (const char* text : {"ledger", "ledger:read ledger:read", " ledger:read", "ledger:read ", " ",
                           "ledger:read  book:admin", "LEDGER:READ"})
    CHECK_FALSE(parse_scopes(text, found));
}

}  // namespace florin
