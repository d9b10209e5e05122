// Addresses to listen at: TCP, or a Unix socket that only its owner may use.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>

#include "gateway/http/stream.hpp"

namespace florin::gateway {

struct Listening {
  asio::basic_socket_acceptor<asio::generic::stream_protocol> acceptor;
  TlsContext tls;  // null: plain
  Site site;
  std::uint16_t port = 0;
  std::string unix_path;
};

// Errors: as Server::start().
Result<Listening> listen(asio::io_context& io, const Listener& listener);
void remove_socket_file(const Listening& listening);

}  // namespace florin::gateway
