// Florin as one process on an embedded journal: every room, put together in the order of the flow.
#pragma once

#include <functional>
#include <memory>

#include "deploy/florin/settings.hpp"

namespace florin {

class Application {
 public:
  // Opens the data folder, recovers, and serves. `failed` is called from another thread when the process must
  // stop. Errors: everything that can be wrong with settings, keys, journal, stores and addresses.
  static Result<std::unique_ptr<Application>> start(const Settings& settings, std::function<void()> failed);
  virtual ~Application() = default;

  virtual std::uint16_t port() const = 0;
  // Refuses new calls, lets those in flight end, and closes everything in the order of the flow.
  virtual void stop() = 0;
};

}  // namespace florin
