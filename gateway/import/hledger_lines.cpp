#include "gateway/import/hledger_lines.hpp"

#include <nlohmann/json.hpp>

namespace florin::importing {
namespace {

// Takes each transaction's number and first position as they pass by; nothing else is kept, since hledger
// says a lot.
class Positions : public nlohmann::json_sax<nlohmann::json> {
 public:
  HledgerLines take() { return std::move(lines_); }

  bool key(string_t& name) override {
    key_ = name;
    if (depth_ == 1) field_ = name;
    return true;
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (depth_ == 1 && field_ == "tindex") index_ = value;
    if (in_position() && key_ == "sourceLine" && place_.line == 0) place_.line = value;
    return true;
  }
  bool string(string_t& text) override {
    if (in_position() && key_ == "sourceName" && place_.file.empty()) place_.file = text;
    return true;
  }
  bool start_object(std::size_t) override {
    if (++depth_ == 1) {
      index_ = 0;
      place_ = {};
    }
    return true;
  }
  bool end_object() override {
    if (--depth_ == 0) lines_.emplace(index_, std::move(place_));
    return true;
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  bool in_position() const { return depth_ == 2 && field_ == "tsourcepos"; }

  HledgerLines lines_;
  std::string key_, field_;  // the last one; the last one of the transaction itself
  std::uint64_t index_ = 0;
  Source place_;
  int depth_ = 0;  // of objects; the first one is a transaction
};

}  // namespace

Result<HledgerLines> read_hledger_lines(std::string_view json) {
  Positions positions;
  if (!nlohmann::json::sax_parse(json, &positions)) return fail(Errc::format, "hledger did not print JSON");
  return positions.take();
}

}  // namespace florin::importing
