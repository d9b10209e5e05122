#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>

#include "gateway/http/peers.hpp"
#include "gateway/http/trace.hpp"
#include "tests/gateway/http/server_fixture.hpp"

using namespace florin;
using namespace florin::testing;

TEST_CASE("a Unix socket is its owner's only, and whoever reaches it is the operator") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("florin-http-" + make_trace({}, {}).request_id);
  std::filesystem::create_directory(folder);
  const std::string path = folder / "admin.sock";
  {
    Fixture fixture(Fixture::patient_limits(), path);
    struct stat status {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    RawClient client(path);
    REQUIRE(client.connected());
    CHECK(client.ask(get("/secret")).body == "0");

    // In use: refused. A file that is no socket: refused.
    Router router(std::span<const Endpoint>{});
    Listener taken{.site = {.router = &router}};
    taken.unix_path = path;
    CHECK(Server::start({taken}, {}, {}).error().code == Errc::already_exists);
    taken.unix_path = folder;
    CHECK(Server::start({taken}, {}, {}).error().code == Errc::already_exists);
    taken.unix_path = std::string(200, 'a');
    CHECK(Server::start({taken}, {}, {}).error().code == Errc::invalid_argument);
  }
  CHECK_FALSE(std::filesystem::exists(path));
  // Left over from a process that was killed.
  const int left = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  REQUIRE(bind(left, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  close(left);
  { Fixture again(Fixture::patient_limits(), path); }
  std::filesystem::remove_all(folder);
}

TEST_CASE("an address that cannot be used is an error that says so") {
  Fixture fixture;
  Router router(std::span<const Endpoint>{});
  Listener listener{.host = "127.0.0.1", .port = fixture.port(), .site = {.router = &router}};
  const auto taken = Server::start({listener}, {}, {});
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == Errc::already_exists);
  listener.host = "localhost.";
  CHECK(Server::start({listener}, {}, {}).error().code == Errc::invalid_argument);
  listener.host = "127.0.0.1";
  listener.port = 0;
  listener.tls = TlsFiles{"/nowhere/chain.pem", "/nowhere/key.pem"};
  const auto no_file = Server::start({listener}, {}, {});
  REQUIRE_FALSE(no_file);
  CHECK(no_file.error().code == Errc::invalid_argument);
  CHECK(no_file.error().message.find("/nowhere/chain.pem") != std::string::npos);
}

TEST_CASE("given networks of proxies, then only peers inside them are admitted") {
  using boost::asio::ip::make_address;
  const auto filter = gateway::PeerFilter::make({"10.0.0.0/8", "192.168.1.7/32", "fd00::/8"}).value();
  for (const char* inside : {"10.1.2.3", "192.168.1.7", "fd12::1", "::ffff:10.1.2.3"})
    CHECK(filter.admits(make_address(inside)));
  for (const char* outside : {"11.0.0.1", "192.168.1.8", "fe80::1", "127.0.0.1", "::ffff:11.0.0.1", "::1"})
    CHECK_FALSE(filter.admits(make_address(outside)));
  CHECK(gateway::PeerFilter().admits(make_address("127.0.0.1")));
  CHECK(gateway::PeerFilter::make({"10.0.0.0"}).error().code == Errc::invalid_argument);
}

TEST_CASE(
    "given a listener for other networks, when a peer from outside connects, then it is closed without an "
    "answer") {
  Router router(std::span<const Endpoint>{});
  Listener listener{.host = "127.0.0.1", .port = 0, .peers = {"10.0.0.0/8"}, .site = {.router = &router}};
  {
    const auto server = Server::start({listener}, {}, {}).value();
    RawClient refused(server->port(0));
    refused.send(get("/anything"));
    CHECK(refused.read().status == 0);
    server->stop(std::chrono::milliseconds(0));
  }
  listener.peers = {"127.0.0.0/8"};
  const auto server = Server::start({listener}, {}, {}).value();
  RawClient admitted(server->port(0));
  CHECK(admitted.ask(get("/anything")).status == 404);
  server->stop(std::chrono::milliseconds(0));
}
