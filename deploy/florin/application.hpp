// Florin as a process: the roles that it has, put together in the order of the flow. All of them on an
// embedded journal, or any on Apache Kafka.
#pragma once

#include <functional>
#include <memory>

#include "deploy/florin/settings.hpp"

namespace florin {

struct Roles {
  bool gateway = false, engine = false, projector = false;
  bool all() const { return gateway && engine && projector; }
};

class Application {
 public:
  // Opens the data folder, recovers, and serves. `failed` is called from another thread when the process must
  // stop. Errors: everything that can be wrong with settings, keys, journal, stores and addresses.
  static Result<std::unique_ptr<Application>> start(const Settings& settings, Roles roles,
                                                    std::function<void()> failed);
  virtual ~Application() = default;

  virtual std::uint16_t port() const = 0;
  // Refuses new calls, lets those in flight end, and closes everything in the order of the flow.
  virtual void stop() = 0;
};

}  // namespace florin
