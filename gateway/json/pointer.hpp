// JSON pointers (RFC 6901), built only when an error needs one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace florin::gateway::json {

inline void append_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const char c : token) {
    if (c == '~') pointer += "~0";
    else if (c == '/') pointer += "~1";
    else pointer += c;
  }
}

// Where a reader stands: a chain of steps on the stack, from the root of the body down.
class Path {
 public:
  Path() = default;  // the whole body
  Path member(std::string_view key) const { return Path(this, key, 0); }
  Path element(std::size_t index) const { return Path(this, {}, index); }

  std::string pointer() const {
    if (parent_ == nullptr) return {};
    std::string out = parent_->pointer();
    if (key_.data() != nullptr) append_token(out, key_);
    else append_token(out, std::to_string(index_));
    return out;
  }

 private:
  Path(const Path* parent, std::string_view key, std::size_t index)
      : parent_(parent), key_(key), index_(index) {}
  const Path* parent_ = nullptr;  // must outlive this step
  std::string_view key_;
  std::size_t index_ = 0;
};

}  // namespace florin::gateway::json
