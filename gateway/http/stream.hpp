// A connection's bytes: plain, or through TLS. I/O thread.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <memory>

#include "engine/base/result.hpp"
#include "gateway/http/asio.hpp"
#include "gateway/http/server.hpp"

namespace boost::asio::ssl {
class context;
}

namespace florin::gateway {

class Stream {
 public:
  struct Read {
    error_code error;  // asio::error::eof at the peer's end
    std::size_t size = 0;
  };

  virtual ~Stream() = default;
  virtual asio::awaitable<error_code> handshake() = 0;
  virtual asio::awaitable<Read> read_some(asio::mutable_buffer into) = 0;
  virtual asio::awaitable<error_code> write(std::array<asio::const_buffer, 2> from) = 0;
  // Tells the peer that nothing more comes. What it still sends can be read from socket() only, and thrown
  // away.
  virtual asio::awaitable<void> finish() = 0;
  virtual Socket& socket() = 0;
  virtual bool secure() const = 0;
};

using TlsContext = std::shared_ptr<asio::ssl::context>;

std::unique_ptr<Stream> plain_stream(Socket socket);
std::unique_ptr<Stream> tls_stream(Socket socket, TlsContext context);

// TLS 1.2 and 1.3, forward secrecy and authenticated encryption only. Errors: invalid_argument naming the
// file.
Result<TlsContext> make_tls_context(const TlsFiles& files);

}  // namespace florin::gateway
