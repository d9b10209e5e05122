// One read model: what it takes from events and how it writes its rows. A view only stores what events carry
// and never decides. It keeps the changes of a batch in memory until write() hands them over.
//
// Owned by the thread of its worker. Errors: io and corrupt of the store, corrupt for events that do not fit
// the rows; each of them halts the view for good, so that nothing half applied is ever written.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/store/store.hpp"
#include "schemas/events.hpp"

namespace florin::projections {

class View {
 public:
  virtual ~View() = default;
  virtual std::string_view name() const = 0;
  // The number of its row formats. Rows of another schema are dropped and rebuilt when the view is opened.
  virtual std::uint32_t schema() const = 0;
  // Takes the next event. `store` holds everything up to the last write().
  virtual Result<void> apply(const Event& event, const StoreReader& store) = 0;
  // Adds the rows that changed since the last call, in ascending order of their keys. The keys begin with a
  // table byte of 1 or more; 0 belongs to the worker.
  virtual Result<void> write(StoreBatch& batch, const StoreReader& store) = 0;
};

using ViewFactory = std::function<std::unique_ptr<View>()>;

}  // namespace florin::projections
