#include "gateway/http/stream.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace florin::gateway {
namespace {

namespace ssl = boost::asio::ssl;

class PlainStream final : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<error_code> handshake() override { co_return error_code{}; }
  asio::awaitable<Read> read_some(asio::mutable_buffer into) override {
    const auto [error, size] = co_await socket_.async_read_some(into, no_throw);
    co_return Read{error, size};
  }
  asio::awaitable<error_code> write(std::array<asio::const_buffer, 2> from) override {
    const auto [error, size] = co_await asio::async_write(socket_, from, no_throw);
    co_return error;
  }
  asio::awaitable<void> finish() override {
    error_code ignored;  // the peer may be gone already, which is as good
    socket_.shutdown(Socket::shutdown_send, ignored);
    co_return;
  }
  Socket& socket() override { return socket_; }
  bool secure() const override { return false; }

 private:
  Socket socket_;
};

class TlsStream final : public Stream {
 public:
  TlsStream(Socket socket, TlsContext context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {}

  asio::awaitable<error_code> handshake() override {
    const auto [error] = co_await stream_.async_handshake(ssl::stream_base::server, no_throw);
    co_return error;
  }
  asio::awaitable<Read> read_some(asio::mutable_buffer into) override {
    const auto [error, size] = co_await stream_.async_read_some(into, no_throw);
    co_return Read{error, size};
  }
  asio::awaitable<error_code> write(std::array<asio::const_buffer, 2> from) override {
    const auto [error, size] = co_await asio::async_write(stream_, from, no_throw);
    co_return error;
  }
  asio::awaitable<void> finish() override {
    const auto [error] = co_await stream_.async_shutdown(no_throw);
    (void)error;  // a peer that goes without its close_notify is gone all the same
    error_code ignored;
    stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
  }
  Socket& socket() override { return stream_.next_layer(); }
  bool secure() const override { return true; }

 private:
  TlsContext context_;
  ssl::stream<Socket> stream_;
};

tl::unexpected<Error> bad_file(const std::string& what, const std::string& path, const error_code& error) {
  return fail(Errc::invalid_argument, "cannot use " + path + " as the server's TLS " + what + ": " +
                                          error.message() +
                                          "; it must be a PEM file that this process can read");
}

}  // namespace

std::unique_ptr<Stream> plain_stream(Socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<Stream> tls_stream(Socket socket, TlsContext context) {
  return std::make_unique<TlsStream>(std::move(socket), std::move(context));
}

Result<TlsContext> make_tls_context(const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // The suites of TLS 1.3 are all fit; these are those of TLS 1.2 (Mozilla's "intermediate" without DHE).
  SSL_CTX_set_cipher_list(
      raw,
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
      "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305");
  error_code error;
  context->use_certificate_chain_file(files.certificate_chain_path, error);
  if (error) return bad_file("certificate chain", files.certificate_chain_path, error);
  context->use_private_key_file(files.private_key_path, ssl::context::pem, error);
  if (error) return bad_file("private key", files.private_key_path, error);
  if (SSL_CTX_check_private_key(raw) != 1)
    return fail(Errc::invalid_argument, "the TLS private key in " + files.private_key_path +
                                            " does not belong to the certificate in " +
                                            files.certificate_chain_path);
  return context;
}

}  // namespace florin::gateway
