// What the model says of a story, step by step: engine time, which holds are released, every answer.
#pragma once

#include "tests/property/model.hpp"
#include "tests/property/story.hpp"

namespace florin::property {

struct Release {
  Model::Due due;
  BookId book;
  friend auto operator<=>(const Release&, const Release&) = default;
};

struct Expected {
  std::uint64_t opened = 0;  // engine time at which the record starts
  std::vector<Release> released;
  std::size_t left_due = 0;     // holds that are due and stay
  std::uint64_t start = 0;      // engine time of the first item
  std::vector<Answer> answers;  // of the items, and of the legs of transactions
};

class Oracle {
 public:
  explicit Oracle(std::uint64_t start, Fault fault = Fault::none);

  Expected next(const Step& step);
  const std::map<BookId, Model>& models() const { return models_; }
  std::uint64_t now() const { return next_; }  // the earliest engine time that an event may still have

 private:
  void release(std::size_t max, Expected& out);

  std::uint64_t next_;
  std::map<BookId, Model> models_;
};

}  // namespace florin::property
