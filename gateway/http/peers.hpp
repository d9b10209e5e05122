// Which peers may connect: those of the networks named, such as the proxies that end TLS in front of us.
// Immutable; any thread.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "gateway/http/asio.hpp"

namespace florin::gateway {

class PeerFilter {
 public:
  PeerFilter() = default;  // admits everyone
  // Networks as ADDRESS/BITS; none admits everyone. Errc::invalid_argument names the one that is not a
  // network.
  static Result<PeerFilter> make(const std::vector<std::string>& networks);

  bool admits_all() const { return v4_.empty() && v6_.empty(); }
  bool admits(const asio::ip::address& peer) const;  // an IPv4 address mapped into IPv6 counts as IPv4

 private:
  std::vector<asio::ip::network_v4> v4_;
  std::vector<asio::ip::network_v6> v6_;
};

}  // namespace florin::gateway
