// How a connection with several requests in flight ends: by an error, a close, a deadline, a stop or the
// peer.
#include <doctest/doctest.h>

#include <future>

#include "tests/gateway/http/server_fixture.hpp"

using namespace florin;
using namespace florin::testing;

namespace {

const std::string bad_header = "GET /hello HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n";

}  // namespace

TEST_CASE("behind an error of framing nothing is answered, and all in front of it is") {
  Fixture fixture;
  RawClient client(fixture.port());
  client.send(get("/never") + post("/echo", "[1]") + bad_header + post("/echo", "[2]") + get("/never"));
  fixture.wait_for_kept(1);
  std::this_thread::sleep_for(30ms);
  fixture.answer(0, "\"first\"");
  CHECK(client.read().body == "\"first\"");
  const Answer before = client.read();
  CHECK(before.body == "[1]");
  CHECK(before.field("Connection").empty());
  const Answer error = client.read();
  CHECK(error.status == 400);
  CHECK(error.field("Connection") == "close");
  CHECK(client.ended());
  CHECK(fixture.echoes == 1);
  CHECK(fixture.kept() == 1);
}

TEST_CASE("a body that is refused unread is the last answer") {
  Fixture fixture;
  RawClient client(fixture.port());
  client.send(get("/never") +
              "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: "
              "99999999\r\n\r\n" +
              std::string(200'000, ' '));
  fixture.wait_for_kept(1);
  fixture.answer(0, "1");
  CHECK(client.read().body == "1");
  CHECK(client.read().status == 413);
  CHECK(client.ended());
}

TEST_CASE("a request that closes the connection is the last, whatever is behind it") {
  Fixture fixture;
  for (const std::string& closing :
       {get("/hello", "Connection: close\r\n"), std::string("GET /hello HTTP/1.0\r\nHost: h\r\n\r\n")}) {
    const std::size_t kept = fixture.kept();
    RawClient client(fixture.port());
    client.send(get("/never") + closing + get("/never") + get("/hello"));
    fixture.wait_for_kept(kept + 1);
    fixture.answer(kept, "1");
    CHECK(client.read().field("Connection").empty());
    CHECK(client.read().field("Connection") == "close");
    CHECK(client.ended());
    CHECK(fixture.kept() == kept + 1);
  }
}

TEST_CASE("a slow request behind a fast one gets its 408 in its turn") {
  ServerLimits limits = Fixture::patient_limits();
  limits.header = 300ms;
  Fixture fixture(limits);
  RawClient client(fixture.port());
  client.send(get("/never") + "GET /hel");
  fixture.wait_for_kept(1);
  std::this_thread::sleep_for(600ms);
  fixture.answer(0, "1");
  CHECK(client.read().body == "1");
  CHECK(client.read().status == 408);
  CHECK(client.ended());
}

TEST_CASE("an answer that is being taken slowly outlives the deadline of what is behind it") {
  ServerLimits limits = Fixture::patient_limits();
  limits.header = 300ms;
  Fixture fixture(limits);
  RawClient client(fixture.port());
  client.send(post("/echo", std::string(8u << 20, ' ')) + "GET /hel");
  std::this_thread::sleep_for(600ms);
  CHECK(client.read().body.size() == 8u << 20);
  CHECK(client.read().status == 408);
  CHECK(client.ended());
}

TEST_CASE("an answer that is being taken slowly outlives a stop") {
  Fixture fixture;
  RawClient client(fixture.port());
  client.send(post("/echo", std::string(8u << 20, ' ')) + get("/hello"));
  while (fixture.echoes == 0) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(100ms);
  auto stopped = std::async(std::launch::async, [&] { fixture.server->stop(10s); });
  std::this_thread::sleep_for(100ms);
  CHECK(client.read().body.size() == 8u << 20);
  const Answer last = client.read();
  CHECK(last.body == "\"hello\"");
  CHECK(last.field("Connection") == "close");
  CHECK(client.ended());
}

TEST_CASE("a client that says no more still gets all its answers") {
  Fixture fixture;
  RawClient client(fixture.port());
  client.send(get("/never") + get("/hello"));
  shutdown(client.descriptor(), SHUT_WR);
  fixture.wait_for_kept(1);
  fixture.answer(0, "1");
  CHECK(client.read().body == "1");
  CHECK(client.read().body == "\"hello\"");
  CHECK(client.ended());
}

TEST_CASE("stop answers all that is in flight, the last one with the word that it is") {
  Fixture fixture;
  RawClient client(fixture.port());
  client.send(get("/never") + get("/hello") + get("/never"));
  fixture.wait_for_kept(2);
  std::this_thread::sleep_for(30ms);
  auto stopped = std::async(std::launch::async, [&] { fixture.server->stop(10s); });
  std::this_thread::sleep_for(50ms);
  fixture.answer(1, "2");
  fixture.answer(0, "1");
  CHECK(client.read().body == "1");
  CHECK(client.read().field("Connection").empty());
  const Answer last = client.read();
  CHECK(last.body == "2");
  CHECK(last.field("Connection") == "close");
  CHECK(client.ended());
}

TEST_CASE("what has begun to arrive when the server stops is still answered, as the last") {
  Fixture fixture;
  RawClient client(fixture.port());
  client.send(get("/never") + "GET /hel");
  fixture.wait_for_kept(1);
  std::this_thread::sleep_for(30ms);
  auto stopped = std::async(std::launch::async, [&] { fixture.server->stop(10s); });
  std::this_thread::sleep_for(50ms);
  client.send("lo HTTP/1.1\r\nHost: h\r\n\r\n" + get("/never"));
  fixture.answer(0, "1");
  CHECK(client.read().body == "1");
  const Answer last = client.read();
  CHECK(last.body == "\"hello\"");
  CHECK(last.field("Connection") == "close");
  CHECK(client.ended());
  CHECK(fixture.kept() == 1);
}

TEST_CASE("a peer that is gone leaves nothing behind") {
  Fixture fixture;
  {
    RawClient client(fixture.port());
    client.send(get("/never") + get("/never") + post("/never", "{}") + "POST /echo HT");
    fixture.wait_for_kept(3);
    const linger abortive{1, 0};
    setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &abortive, sizeof abortive);
  }
  fixture.answer(0, "1");
  while (fixture.server->connections() != 0) std::this_thread::sleep_for(1ms);
  CHECK(fixture.cancelled == 2);
  fixture.answer_kept();
}

TEST_CASE("a client that takes no answers is given up, with all that it asked") {
  ServerLimits limits = Fixture::patient_limits();
  limits.write = 200ms;
  Fixture fixture(limits);
  RawClient client(fixture.port());
  const std::string large = post("/echo", std::string(4u << 20, ' '));
  auto sent = std::async(std::launch::async, [&] {
    while (client.send(large)) {
    }
  });
  while (fixture.server->connections() == 0) std::this_thread::sleep_for(1ms);
  while (fixture.server->connections() != 0) std::this_thread::sleep_for(1ms);
  sent.get();
}
