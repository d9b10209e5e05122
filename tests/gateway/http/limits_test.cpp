#include <doctest/doctest.h>

#include <future>

#include "tests/gateway/http/server_fixture.hpp"

using namespace florin;
using namespace florin::testing;

TEST_CASE("headers and targets that are too large are refused") {
  Fixture fixture;
  const auto status = [&](const std::string& bytes) { return RawClient(fixture.port()).ask(bytes).status; };
  CHECK(status(get("/hello", "X: " + std::string(20'000, 'a') + "\r\n")) == 431);
  CHECK(status(get("/" + std::string(9'000, 'a'))) == 414);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X: y\r\n";
  CHECK(status(get("/hello", many)) == 431);
}

TEST_CASE("bodies over the limit are refused before they are read, and the client sees why") {
  Fixture fixture;
  RawClient told(fixture.port());
  const Answer early = told.ask(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 8388609\r\n\r\n");
  CHECK(early.status == 413);
  CHECK(early.field("Connection") == "close");

  RawClient pushing(fixture.port());
  CHECK(pushing.send(post("/echo", std::string((8u << 20) + 1, ' '))));  // nobody resets it while it sends
  CHECK(pushing.read().status == 413);

  RawClient chunked(fixture.port());
  chunked.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(1u << 20, ' ') + "\r\n";
  for (int i = 0; i < 9 && chunked.send(chunk); ++i) {
  }
  CHECK(chunked.read().status == 413);
  CHECK(fixture.echoes == 0);

  RawClient allowed(fixture.port());
  allowed.send(post("/echo", std::string(8u << 20, ' ')));
  CHECK(allowed.read().body.size() == 8u << 20);
}

TEST_CASE("the memory for all bodies is bounded") {
  ServerLimits limits = Fixture::patient_limits();
  limits.bodies_bytes_max = 1000;
  Fixture fixture(limits);
  RawClient holds(fixture.port());
  holds.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n");
  // Two whole calls later the server has read what came before them.
  for (int i = 0; i < 2; ++i) CHECK(RawClient(fixture.port()).ask(get("/hello")).status == 200);
  RawClient client(fixture.port());
  const Answer answer = client.ask(post("/echo", std::string(101, ' ')));
  CHECK(answer.status == 503);
  CHECK(answer.field("Retry-After") == "1");
  CHECK(client.ask(post("/echo", std::string(100, ' '))).status == 200);
  CHECK(holds.ask(std::string(900, ' ')).status == 200);
  CHECK(client.ask(post("/echo", std::string(1000, ' '))).status == 200);
}

TEST_CASE("a slow header and a slow body get 408, an idle connection ends without a word") {
  ServerLimits limits = Fixture::fast_limits();
  limits.idle = 300ms;
  Fixture fixture(limits);
  RawClient slow_header(fixture.port()), slow_body(fixture.port()), idle(fixture.port()),
      between(fixture.port());
  slow_header.send("GET /hello HTTP/1.1\r\nHo");
  slow_body.send(post("/echo", "[1]").substr(0, post("/echo", "[1]").size() - 1));
  CHECK(between.ask(get("/hello")).status == 200);
  for (RawClient* client : {&slow_header, &slow_body}) {
    const Answer answer = client->read();
    CHECK(answer.status == 408);
    CHECK(answer.field("Connection") == "close");
    CHECK(client->ended());
  }
  CHECK(idle.ended());
  CHECK(between.ended());
}

TEST_CASE("a call without an answer ends at its deadline: 503 for a query, 504 for a command") {
  Fixture fixture(Fixture::fast_limits());
  RawClient client(fixture.port());
  const Answer query = client.ask(get("/never"));
  CHECK(query.status == 503);
  CHECK(query.has("position_not_reached"));
  CHECK(query.field("Retry-After") == "1");
  const Answer command = client.ask(post("/never", "{}"));
  CHECK(command.status == 504);
  CHECK(command.has("outcome_unknown"));
  CHECK(fixture.cancelled == 2);
  fixture.answer_kept();  // dropped: the next answer is that of the next request
  CHECK(client.ask(get("/hello")).body == "\"hello\"");
}

TEST_CASE("a call whose handler left an answer for the deadline ends with that, and not before") {
  Fixture fixture(Fixture::fast_limits());
  RawClient client(fixture.port());
  const auto begin = std::chrono::steady_clock::now();
  const Answer left = client.ask(post("/leaves", "[1]"));
  CHECK(std::chrono::steady_clock::now() - begin >= Fixture::fast_limits().handler);
  CHECK(left.status == 200);
  CHECK(left.body == "[1]");
  CHECK(fixture.cancelled == 1);

  Fixture patient;
  RawClient other(patient.port());
  other.send(post("/leaves", "[1]"));
  patient.wait_for_kept(1);
  patient.answer(0, "[2]");
  CHECK(other.read().body == "[2]");
}

TEST_CASE("connections over the limit get 503 and end") {
  ServerLimits limits = Fixture::patient_limits();
  limits.connections_max = 2;
  Fixture fixture(limits);
  RawClient first(fixture.port()), second(fixture.port());
  CHECK(first.ask(get("/hello")).status == 200);
  CHECK(second.ask(get("/hello")).status == 200);
  CHECK(fixture.server->connections() == 2);
  RawClient third(fixture.port());
  const Answer answer = third.read();
  CHECK(answer.status == 503);
  CHECK(answer.field("Retry-After") == "1");
  CHECK(third.ended());
  CHECK(first.ask(get("/hello")).status == 200);
}

TEST_CASE("stop lets calls in flight finish, ends idle connections and takes no new ones") {
  Fixture fixture;
  const std::uint16_t port = fixture.port();
  RawClient idle(port), busy(port);
  CHECK(idle.ask(get("/hello")).status == 200);
  busy.send(get("/never"));
  fixture.wait_for_kept(1);
  auto stopped = std::async(std::launch::async, [&] { fixture.server->stop(10s); });
  CHECK(idle.ended());
  CHECK_FALSE(RawClient(port).connected());
  fixture.answer_kept();
  const Answer answer = busy.read();
  CHECK(answer.body == "\"late\"");
  CHECK(answer.field("Connection") == "close");
  CHECK(busy.ended());
}

TEST_CASE("stop ends what does not finish in time") {
  Fixture fixture;
  RawClient busy(fixture.port()), half(fixture.port());
  busy.send(get("/never"));
  half.send("GET /hel");
  fixture.wait_for_kept(1);
  while (fixture.server->connections() < 2) std::this_thread::sleep_for(1ms);
  const auto before = std::chrono::steady_clock::now();
  fixture.server->stop(100ms);
  CHECK(std::chrono::steady_clock::now() - before < 5s);
  CHECK(busy.ended());
  CHECK(fixture.cancelled == 1);
  fixture.answer_kept();  // long after everything is gone
}
