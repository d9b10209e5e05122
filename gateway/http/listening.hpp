// Addresses to listen at: TCP, or a Unix socket that only its owner may use.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>

#include "gateway/http/peers.hpp"
#include "gateway/http/stream.hpp"

namespace florin::gateway {

struct Listening {
  asio::basic_socket_acceptor<asio::generic::stream_protocol> acceptor;
  TlsContext tls;  // null: plain
  PeerFilter peers{};
  Site site;
  std::uint16_t port = 0;
  std::string unix_path;
};

// Errors: as Server::start().
Result<Listening> listen(asio::io_context& io, const Listener& listener);
// Whether the peer of a connection may talk to us.
bool admits(const Listening& listening, const Socket& socket);
void remove_socket_file(const Listening& listening);

}  // namespace florin::gateway
