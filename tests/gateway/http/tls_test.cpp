#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>

#include "gateway/http/trace.hpp"
#include "tests/gateway/http/server_fixture.hpp"

using namespace florin;
using namespace florin::testing;

namespace {

// A key and a certificate that it signs itself, as PEM files that go with the object.
class Certificate {
 public:
  Certificate() {
    std::filesystem::create_directory(folder_);
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    FILE* file = fopen(files().certificate_chain_path.c_str(), "w");
    PEM_write_X509(file, certificate);
    fclose(file);
    file = fopen(files().private_key_path.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  TlsFiles files() const { return {folder_ / "chain.pem", folder_ / "key.pem"}; }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("florin-tls-" + make_trace({}, {}).request_id);
};

// A client that speaks one version of TLS; empty when the handshake fails.
std::string ask_over_tls(std::uint16_t port, int version, std::string_view request) {
  RawClient connection(port);
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, version);
  SSL_CTX_set_max_proto_version(context, version);
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, connection.descriptor());
  std::string answer;
  if (SSL_connect(ssl) == 1) {
    SSL_write(ssl, request.data(), static_cast<int>(request.size()));
    char bytes[4096];
    for (int size = 0; (size = SSL_read(ssl, bytes, sizeof bytes)) > 0;)
      answer.append(bytes, static_cast<std::size_t>(size));
    SSL_shutdown(ssl);
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
  return answer;
}

}  // namespace

TEST_CASE("the same calls are served over TLS 1.2 and 1.3, and over nothing older") {
  const Certificate certificate;
  Fixture fixture(Fixture::patient_limits(), {}, certificate.files());
  const std::string request = post("/echo", "[1]") + get("/hello", "Connection: close\r\n");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const std::string answer = ask_over_tls(fixture.port(), version, request);
    CHECK(answer.find("[1]") != std::string::npos);
    CHECK(answer.find("\"hello\"") != std::string::npos);
    CHECK(answer.find("Strict-Transport-Security: max-age=31536000\r\n") != std::string::npos);
  }
  CHECK(ask_over_tls(fixture.port(), TLS1_1_VERSION, request).empty());
}

TEST_CASE("over TLS too, answers are written while requests are read, and a slow request gets its 408") {
  const Certificate certificate;
  ServerLimits limits = Fixture::patient_limits();
  limits.handler = limits.header = 1s;
  Fixture fixture(limits, {}, certificate.files());
  const std::string large(1u << 20, ' ');
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const std::string answer = ask_over_tls(
        fixture.port(), version, get("/never") + post("/echo", large) + post("/echo", "[1]") + "GET /hel");
    const auto never = answer.find("HTTP/1.1 503"), echo = answer.find(large), small = answer.find("[1]"),
               slow = answer.find("HTTP/1.1 408");
    CHECK(never == 0);
    CHECK(never < echo);
    CHECK(echo < small);
    CHECK(small < slow);
    CHECK(slow != std::string::npos);
  }
}

TEST_CASE("what is no TLS is not answered, and a slow handshake ends at its deadline") {
  const Certificate certificate;
  ServerLimits limits = Fixture::patient_limits();
  limits.handshake = 2s;  // a real one takes its time on a busy machine
  Fixture fixture(limits, {}, certificate.files());
  RawClient plain(fixture.port());
  plain.send(get("/hello"));
  CHECK(plain.read().status == 0);
  RawClient silent(fixture.port());
  CHECK(silent.ended());
  CHECK(ask_over_tls(fixture.port(), TLS1_3_VERSION, get("/hello", "Connection: close\r\n"))
            .find("\"hello\"") != std::string::npos);
}

TEST_CASE("a key that is not the certificate's is an error that names both files") {
  const Certificate one, other;
  Router router(std::span<const Endpoint>{});
  Listener listener{.host = "127.0.0.1", .site = {.router = &router}};
  listener.tls = TlsFiles{one.files().certificate_chain_path, other.files().private_key_path};
  const auto server = Server::start({listener}, {}, {});
  REQUIRE_FALSE(server);
  CHECK(server.error().code == Errc::invalid_argument);
  CHECK(server.error().message.find(other.files().private_key_path) != std::string::npos);
}
