#include "gateway/http/peers.hpp"

#include <algorithm>

namespace florin::gateway {
namespace {

template <class Network, class Address>
bool any_contains(const std::vector<Network>& networks, const Address& peer) {
  return std::any_of(networks.begin(), networks.end(), [&peer](const Network& network) {
    return Network(peer, network.prefix_length()).canonical() == network.canonical();
  });
}

}  // namespace

Result<PeerFilter> PeerFilter::make(const std::vector<std::string>& networks) {
  PeerFilter filter;
  for (const std::string& text : networks) {
    boost::system::error_code not_v4, not_v6;
    const auto v4 = asio::ip::make_network_v4(text, not_v4);
    const auto v6 = asio::ip::make_network_v6(text, not_v6);
    if (!not_v4) filter.v4_.push_back(v4);
    else if (!not_v6) filter.v6_.push_back(v6);
    else return fail(Errc::invalid_argument, text + " is not a network such as 10.0.0.0/8 or fd00::/8");
  }
  return filter;
}

bool PeerFilter::admits(const asio::ip::address& peer) const {
  if (admits_all()) return true;
  if (peer.is_v4()) return any_contains(v4_, peer.to_v4());
  if (peer.to_v6().is_v4_mapped())
    return any_contains(v4_, asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6()));
  return any_contains(v6_, peer.to_v6());
}

}  // namespace florin::gateway
