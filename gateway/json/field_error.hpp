// Where a request is wrong: the `errors[]` of a problem, collected up to a bound.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace florin::gateway {

inline constexpr std::size_t field_errors_max = 100;  // in one answer

struct FieldError {
  enum class Place : std::uint8_t { pointer, parameter, header } place = Place::pointer;
  std::string at;  // a JSON pointer (RFC 6901) into the body, or the name of the parameter or header
  std::string code;
  std::string detail;
};

class FieldErrors {
 public:
  void add(FieldError error) {
    if (!full()) list_.push_back(std::move(error));
  }
  bool full() const { return list_.size() == field_errors_max; }
  bool empty() const { return list_.empty(); }
  const std::vector<FieldError>& list() const { return list_; }
  std::vector<FieldError> take() { return std::move(list_); }

 private:
  std::vector<FieldError> list_;
};

}  // namespace florin::gateway
