// The queries of a gateway that has no read models: it knows the caller, and passes the query on to a
// projector.
#pragma once

#include "gateway/auth/introductions.hpp"
#include "gateway/outbound/projectors.hpp"
#include "gateway/partitions/routed.hpp"
#include "gateway/queries/reading.hpp"

namespace florin::gateway {

struct ForwardingPorts {
  Projectors& projectors;
  const Introductions& introductions;
  const GatewayPartitions& partitions;  // the callers were judged by their directories
  const BookPlaces& places;
  WorkerPool& workers;
  std::vector<EventHead> heads;  // of each partition
};

// Binds every query that needs a caller. What the ports refer to outlives the router.
void bind_forwarding(Router& router, const ForwardingPorts& ports);

}  // namespace florin::gateway
