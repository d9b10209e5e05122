#include "gateway/http/listening.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

namespace florin::gateway {
namespace {

using Endpoints = asio::generic::stream_protocol::endpoint;

tl::unexpected<Error> cannot_listen(const std::string& where, const error_code& error) {
  Errc code = Errc::io;
  std::string advice = "check that the address belongs to this machine";
  if (error == asio::error::address_in_use) {
    code = Errc::already_exists;
    advice = "another process listens there: stop it, or choose another address";
  } else if (error == asio::error::access_denied || error == boost::system::errc::permission_denied) {
    code = Errc::permission;
    advice = "choose a port over 1023, or a folder that this process may write to";
  }
  return fail(code, "cannot listen at " + where + ": " + error.message() + "; " + advice);
}

Result<Listening> open(asio::io_context& io, const Endpoints& endpoint, const std::string& where,
                       const std::string& mode_600) {
  Listening listening{.acceptor = decltype(Listening::acceptor)(io),
                      .tls = nullptr,
                      .peers = {},
                      .site = {},
                      .port = 0,
                      .unix_path = {}};
  auto& acceptor = listening.acceptor;
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  // Nobody can connect between bind and listen, so the mode is in force before the first caller.
  if (!error && !mode_600.empty() && chmod(mode_600.c_str(), S_IRUSR | S_IWUSR) != 0)
    error = {errno, boost::system::system_category()};
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot_listen(where, error);
  return listening;
}

asio::ip::tcp::endpoint to_tcp(const Endpoints& endpoint) {
  asio::ip::tcp::endpoint tcp;
  tcp.resize(endpoint.size());
  std::memcpy(tcp.data(), endpoint.data(), endpoint.size());
  return tcp;
}

// A socket file that nobody listens at is left from a process that was killed.
Result<void> clear_stale_socket(asio::io_context& io, const std::string& path) {
  std::error_code missing;
  const auto status = std::filesystem::symlink_status(path, missing);
  if (status.type() == std::filesystem::file_type::not_found) return {};
  if (status.type() != std::filesystem::file_type::socket)
    return fail(Errc::already_exists,
                "cannot listen at " + path + ": there is a file that is no socket; remove it");
  asio::local::stream_protocol::socket probe(io);
  error_code error;
  probe.connect(asio::local::stream_protocol::endpoint(path), error);
  if (!error)
    return fail(Errc::already_exists,
                "cannot listen at " + path + ": another process listens there; stop it");
  unlink(path.c_str());
  return {};
}

Result<Listening> listen_unix(asio::io_context& io, const std::string& path) {
  constexpr std::size_t path_bytes_max = 107;  // sun_path of unix(7), less its NUL
  if (path.size() > path_bytes_max)
    return fail(Errc::invalid_argument, "the socket path " + path + " is longer than " +
                                            std::to_string(path_bytes_max) +
                                            " bytes; choose a shorter folder");
  FLORIN_TRY(clear_stale_socket(io, path));
  FLORIN_TRY_ASSIGN(auto listening, open(io, asio::local::stream_protocol::endpoint(path), path, path));
  listening.unix_path = path;
  return listening;
}

Result<Listening> listen_tcp(asio::io_context& io, const std::string& host, std::uint16_t port) {
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error)
    return fail(Errc::invalid_argument,
                "the address to listen at, " + host + ", is not an IP address such as 127.0.0.1");
  const std::string where = host + " port " + std::to_string(port);
  FLORIN_TRY_ASSIGN(auto listening, open(io, asio::ip::tcp::endpoint(address, port), where, {}));
  const auto local = listening.acceptor.local_endpoint(error);
  if (error) return cannot_listen(where, error);
  listening.port = to_tcp(local).port();
  return listening;
}

}  // namespace

Result<Listening> listen(asio::io_context& io, const Listener& listener) {
  TlsContext tls;
  if (listener.tls) {
    FLORIN_TRY_ASSIGN(tls, make_tls_context(*listener.tls));
  }
  FLORIN_TRY_ASSIGN(PeerFilter peers, PeerFilter::make(listener.peers));
  auto listening = listener.unix_path.empty() ? listen_tcp(io, listener.host, listener.port)
                                              : listen_unix(io, listener.unix_path);
  if (!listening) return listening;
  listening->tls = std::move(tls);
  listening->peers = std::move(peers);
  listening->site = listener.site;
  return listening;
}

bool admits(const Listening& listening, const Socket& socket) {
  if (listening.peers.admits_all()) return true;
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  return !error && listening.peers.admits(to_tcp(peer).address());
}

void remove_socket_file(const Listening& listening) {
  if (!listening.unix_path.empty()) unlink(listening.unix_path.c_str());
}

}  // namespace florin::gateway
