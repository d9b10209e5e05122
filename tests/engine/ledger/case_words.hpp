// The words of the case tables (cases/README.md): from a line of text to an account or a transfer.
// What cannot be read is thrown as std::invalid_argument with the rest of the line.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "schemas/ledger.hpp"

namespace florin::ledger::test {

// Reads a line from left to right. Spaces and commas part words and say nothing else.
class Words {
 public:
  using Names = std::map<std::string, u128, std::less<>>;

  Words(std::string_view text, const Names& names) : rest_(text), names_(names) { skip(); }

  bool end() const { return rest_.empty(); }
  bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  bool take(std::string_view phrase);  // true where the line goes on with these words
  std::string word();
  // Decimal digits, 2^n, a name, or one of these and + or - a number.
  u128 number();
  template <class Int>
  Int number_as() {
    const u128 value = number();
    if (value > static_cast<Int>(~Int{0})) fail("too large a number before");
    return static_cast<Int>(value);
  }
  [[noreturn]] void fail(std::string_view what) const;

 private:
  void skip();
  u128 term(std::string_view text) const;

  std::string_view rest_;
  const Names& names_;
};

// The line behind "account", in which "called NAME" adds a name; and a line that starts with "transfer",
// "hold", "post" or "void".
Account read_account(Words& words, Words::Names& names);
Transfer read_transfer(Words& words);

}  // namespace florin::ledger::test
