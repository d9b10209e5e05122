// What the connections of a server share. Outlives them all. I/O thread, but for the count of connections.
#pragma once

#include <atomic>
#include <unordered_set>

#include "gateway/http/asio.hpp"
#include "gateway/http/server.hpp"

namespace florin::gateway {

class Session;

struct Core {
  asio::io_context io{1};
  ServerLimits limits;
  ServerHooks hooks;
  std::unordered_set<Session*> sessions;
  std::atomic<std::size_t> connections{0};  // sessions.size(), for other threads
  std::size_t body_bytes = 0;               // promised to requests that are being read or handled
  std::string date;                         // for the Date field, renewed every second
  bool stopping = false;
};

}  // namespace florin::gateway
