#include "gateway/json/fields.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace florin;
using namespace florin::gateway;
using namespace florin::gateway::json;

namespace {

constexpr std::array<Flag, 2> table{{{"one", 1}, {"two", 2}}};

struct Read {
  std::uint16_t u16 = 0;
  std::uint32_t u32 = 0;
  std::uint64_t u64 = 0;
  u128 wide = 0;
  Amount amount;
  std::uint16_t flags = 0;
  std::vector<FieldError> errors;
};

Read read(std::string_view body) {
  const auto document = Document::parse(body);
  REQUIRE(document);
  FieldErrors errors;
  const Path root;
  const Path item = root.element(3);
  Fields fields(document->root(), item, errors);
  Read out{.u16 = fields.u16("u16"),
           .u32 = fields.u32("u32"),
           .u64 = fields.u64("u64"),
           .wide = fields.wide("wide"),
           .amount = fields.amount("amount"),
           .flags = fields.flags("flags", table),
           .errors = {}};
  fields.finish();
  out.errors = errors.take();
  return out;
}

}  // namespace

TEST_CASE("absent fields are zero, and every form of a number that is allowed is read") {
  const Read none = read("{}");
  CHECK(none.errors.empty());
  CHECK((none.u16 == 0 && none.wide == 0 && none.flags == 0));

  const Read all = read(
      R"({"u16":65535,"u32":4294967295,"u64":"18446744073709551615",
          "wide":"340282366920938463463374607431768211455","amount":"max","flags":["two","one"]})");
  CHECK(all.errors.empty());
  CHECK(all.u16 == 65535);
  CHECK(all.u32 == 4294967295U);
  CHECK(all.u64 == 18446744073709551615ULL);
  CHECK(all.wide == u128_max);
  CHECK(all.amount == amount_max);
  CHECK(all.flags == 3);

  const Read integers = read(R"({"u64":9007199254740991,"wide":0,"amount":9007199254740991})");
  CHECK(integers.errors.empty());
  CHECK(integers.u64 == safe_integer_max);
  CHECK(integers.amount.value == safe_integer_max);
}

TEST_CASE("a wrong field is an error with its pointer and code") {
  struct Bad {
    std::string_view body, at, code;
  };
  const Bad cases[] = {
      {R"({"u16":65536})", "/3/u16", "out_of_range"},
      {R"({"u16":"1"})", "/3/u16", "wrong_type"},
      {R"({"u32":4294967296})", "/3/u32", "out_of_range"},
      {R"({"u32":-1})", "/3/u32", "not_canonical"},
      {R"({"u32":-0})", "/3/u32", "not_canonical"},
      {R"({"u32":1.0})", "/3/u32", "not_canonical"},
      {R"({"u32":1e3})", "/3/u32", "not_canonical"},
      {R"({"u32":null})", "/3/u32", "wrong_type"},
      {R"({"u64":"18446744073709551616"})", "/3/u64", "out_of_range"},
      {R"({"u64":9007199254740992})", "/3/u64", "out_of_range"},
      {R"({"u64":1e3})", "/3/u64", "not_canonical"},
      {R"({"wide":"340282366920938463463374607431768211456"})", "/3/wide", "out_of_range"},
      {R"({"wide":100000000000000000000000000000000000000000})", "/3/wide", "out_of_range"},
      {R"({"wide":"01"})", "/3/wide", "not_canonical"},
      {R"({"wide":"00000000000000000000000000000000000000000"})", "/3/wide", "not_canonical"},
      {R"({"wide":"+1"})", "/3/wide", "not_canonical"},
      {R"({"wide":" 1"})", "/3/wide", "not_canonical"},
      {R"({"wide":""})", "/3/wide", "not_canonical"},
      {R"({"wide":"max"})", "/3/wide", "not_canonical"},
      {R"({"amount":"MAX"})", "/3/amount", "not_canonical"},
      {R"({"amount":-5})", "/3/amount", "not_canonical"},
      {R"({"amount":1.5})", "/3/amount", "not_canonical"},
      {R"({"amount":true})", "/3/amount", "wrong_type"},
      {R"({"flags":"one"})", "/3/flags", "wrong_type"},
      {R"({"flags":[1]})", "/3/flags/0", "wrong_type"},
      {R"({"flags":["one","three"]})", "/3/flags/1", "unknown_flag"},
      {R"({"flags":["one","one"]})", "/3/flags/1", "duplicate_flag"},
      {R"({"U16":1})", "/3/U16", "unknown_field"},
      {R"({"a/b~c":1})", "/3/a~1b~0c", "unknown_field"},
      {R"([])", "/3", "wrong_type"},
  };
  for (const Bad& bad : cases) {
    CAPTURE(bad.body);
    const Read result = read(bad.body);
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].at == bad.at);
    CHECK(result.errors[0].code == bad.code);
    CHECK_FALSE(result.errors[0].detail.empty());
  }
}

TEST_CASE("flags of another kind come to one reserved bit, and are told apart where one is given twice") {
  constexpr std::array<Flag, 3> other_table{{{"two", 1}, {"three", 2}, {"four", 4}}};
  const auto flags = [&](std::string_view array, std::string_view wrong = {}) {
    const auto document = Document::parse("{\"flags\":" + std::string(array) + "}");
    REQUIRE(document);
    FieldErrors errors;
    const Path root;
    Fields fields(document->root(), root, errors);
    const std::uint16_t bits = fields.flags("flags", table, {other_table, 1 << 15});
    CHECK(errors.list().size() == (wrong.empty() ? 0 : 1));
    if (!errors.empty()) CHECK(errors.list()[0].code == wrong);
    return bits;
  };
  CHECK(flags(R"(["one"])") == 1);
  CHECK(flags(R"(["two"])") == 2);  // a name of both kinds is of this one
  CHECK(flags(R"(["three"])") == 1 << 15);
  CHECK(flags(R"(["three","one","four"])") == ((1 << 15) | 1));
  flags(R"(["three","three"])", "duplicate_flag");
  flags(R"(["three","five"])", "unknown_flag");
}

TEST_CASE("all errors of an object are told, up to the bound") {
  CHECK(read(R"({"u16":-1,"u32":"x","extra":0})").errors.size() == 3);

  FieldErrors errors;
  for (std::size_t i = 0; i < field_errors_max + 50; ++i) errors.add({});
  CHECK(errors.full());
  CHECK(errors.list().size() == field_errors_max);
}

TEST_CASE("texts and arrays have bounds, and must be given") {
  const auto check = [](std::string_view body, std::string_view code) {
    CAPTURE(body);
    const auto document = Document::parse(body);
    REQUIRE(document);
    FieldErrors errors;
    const Path root;
    Fields fields(document->root(), root, errors);
    const std::string text = fields.text("t", 1, 4);
    const auto array = fields.array("a", 1, 2);
    fields.finish();
    if (code.empty()) {
      CHECK(errors.empty());
      CHECK(text == "abc");
      CHECK(array);
    } else {
      REQUIRE(errors.list().size() == 1);
      CHECK(errors.list()[0].code == code);
    }
  };
  check(R"({"t":"abc","a":[1]})", "");
  check(R"({"a":[1]})", "required");
  check(R"({"t":"abc"})", "required");
  check(R"({"t":"","a":[1]})", "wrong_length");
  check(R"({"t":"abcde","a":[1]})", "wrong_length");
  check(R"({"t":"a\nb","a":[1]})", "control_character");
  check(R"({"t":5,"a":[1]})", "wrong_type");
  check(R"({"t":"abc","a":[]})", "too_few_items");
  check(R"({"t":"abc","a":[1,2,3]})", "too_many_items");
  check(R"({"t":"abc","a":{}})", "wrong_type");
}
