// Sends items in batches and reads what became of each. A batch never cuts a chain of linked items; an item
// that the server finds malformed is taken out and reported, and the rest of its batch is sent again.
//
// Owner: one import, on its thread.
#pragma once

#include <vector>

#include "gateway/import/api.hpp"
#include "gateway/import/batch.hpp"
#include "gateway/import/progress.hpp"
#include "gateway/import/report.hpp"

namespace florin::importing {

inline constexpr std::size_t batch_items_default = 1000;

struct SendOptions {
  std::size_t batch_items = batch_items_default;
  bool dry_run = false;
};

class Sender {
 public:
  Sender(Api& api, Report& report, Progress& progress, SendOptions options)
      : api_(api), report_(report), progress_(progress), options_(options) {}

  void begin(const Target& target);  // nothing is waiting then
  // Sends a batch when one is full. An error ends the import: the server cannot be reached, or refuses what
  // no item is to blame for.
  Result<void> add(Item item);
  Result<void> finish();  // sends what waits
  // Of the server's last answer: behind all that was sent. Empty before one.
  const std::string& position() const { return position_; }

 private:
  using Batch = std::vector<Item>;

  Result<void> send_whole_chains();
  Result<void> send(Batch batch);
  Result<void> retry_without(Batch batch, const ApiProblem& problem);
  Result<void> settle(const Batch& batch, const HttpAnswer& answer);
  void refuse(const Item& item, std::string status, std::string detail);

  Api& api_;
  Report& report_;
  Progress& progress_;
  SendOptions options_;
  Target target_;
  std::string position_;
  Batch waiting_;
  std::size_t events_ = 0, bytes_ = 0;  // of what waits
  std::uint64_t settled_ = 0;  // weight of items whose fate is known and not yet told to the progress
};

}  // namespace florin::importing
