// Several requests in flight on one connection, over a real socket.
#include <doctest/doctest.h>

#include <future>
#include <random>

#include "tests/gateway/http/server_fixture.hpp"

using namespace florin;
using namespace florin::testing;

namespace {

const std::string expecting =
    "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    "Expect: 100-continue\r\n\r\n";

}  // namespace

TEST_CASE("many requests in one write are answered in their order") {
  Fixture fixture;
  RawClient client(fixture.port());
  std::string all;
  for (int i = 0; i < 500; ++i) {
    all += post("/echo", std::to_string(i));
    all += i % 2 == 0 ? get("/hello") : "HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n";
  }
  all += get("/hello", "Connection: close\r\n");
  auto sent = std::async(std::launch::async, [&] { return client.send(all); });
  for (int i = 0; i < 500; ++i) {
    REQUIRE(client.read().body == std::to_string(i));
    REQUIRE(client.read(i % 2 != 0).status == 200);
  }
  CHECK(sent.get());
  CHECK(client.read().status == 200);
  CHECK(client.ended());
  CHECK(fixture.log().size() == 1001);
}

TEST_CASE("a fast answer behind a slow one waits for it, while both handlers have begun") {
  Fixture fixture;
  RawClient client(fixture.port());
  client.send(get("/never") + post("/never", "{}") + get("/hello"));
  fixture.wait_for_kept(2);
  fixture.answer(1, "\"second\"");
  std::this_thread::sleep_for(30ms);
  CHECK(fixture.log().empty());
  fixture.answer(0, "\"first\"");
  CHECK(client.read().body == "\"first\"");
  CHECK(client.read().body == "\"second\"");
  CHECK(client.read().body == "\"hello\"");
}

TEST_CASE("the deadline of the first ends it, and the second keeps its answer") {
  Fixture fixture(Fixture::fast_limits());
  RawClient client(fixture.port());
  client.send(post("/never", "{}") + get("/hello") + get("/never"));
  CHECK(client.read().status == 504);
  CHECK(client.read().body == "\"hello\"");
  CHECK(client.read().status == 503);
  CHECK(fixture.cancelled == 2);
  CHECK(client.ask(get("/hello")).status == 200);
}

TEST_CASE("at the bound the connection is read no further, without an error") {
  ServerLimits limits = Fixture::patient_limits();
  limits.pipeline_max = 3;
  limits.idle = limits.header = 300ms;  // of no concern while the bound holds
  Fixture fixture(limits);
  RawClient client(fixture.port());
  std::string all;
  for (int i = 0; i < 10; ++i) all += get("/never");
  client.send(all);
  for (std::size_t i = 0; i < 10; ++i) {
    const std::size_t begun = std::min<std::size_t>(i + 3, 10);
    fixture.wait_for_kept(begun);
    if (i == 0) std::this_thread::sleep_for(600ms);
    CHECK(fixture.kept() == begun);
    fixture.answer(i, std::to_string(i));
    CHECK(client.read().body == std::to_string(i));
  }
}

TEST_CASE("bodies in flight on one connection are bounded too") {
  ServerLimits limits = Fixture::patient_limits();
  limits.pipeline_body_bytes_max = 100;
  limits.body = 300ms;
  Fixture fixture(limits);
  RawClient client(fixture.port());
  const std::string body(60, ' ');
  client.send(post("/never", body) + post("/echo", body) + post("/echo", std::string(500, ' ')));
  fixture.wait_for_kept(1);
  std::this_thread::sleep_for(600ms);
  CHECK(fixture.echoes == 0);
  fixture.answer(0, "1");
  CHECK(client.read().body == "1");
  CHECK(client.read().body.size() == 60);
  CHECK(client.read().body.size() == 500);
}

TEST_CASE("100 Continue comes behind the answers in front of it") {
  ServerLimits limits = Fixture::patient_limits();
  limits.body = 1s;
  Fixture fixture(limits);
  RawClient client(fixture.port());
  client.send(get("/never") + expecting);
  fixture.wait_for_kept(1);
  std::this_thread::sleep_for(1200ms);  // longer than a body may take
  fixture.answer(0, "1");
  CHECK(client.read().body == "1");
  CHECK(client.read().status == 100);
  CHECK(client.ask("[]" + get("/hello")).body == "[]");
  CHECK(client.read().body == "\"hello\"");
  // One that does not wait for our word gets none.
  CHECK(client.ask(expecting + "[]").body == "[]");
}

TEST_CASE("in whatever pieces requests come and in whatever order they are ready, answers keep the order") {
  ServerLimits limits = Fixture::patient_limits();
  limits.pipeline_max = 8;
  Fixture fixture(limits);
  for (unsigned seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    RawClient client(fixture.port());
    const std::size_t first = fixture.kept(), count = 1 + random() % 20;
    std::string all;
    std::vector<std::string> expected;
    std::size_t slow = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const bool never = random() % 2 == 0;
      expected.push_back(never ? std::to_string(first + slow++) : "[" + std::to_string(i) + "]");
      all += never ? get("/never") : post("/echo", expected.back());
    }
    std::thread sender([&] {
      for (std::string_view rest = all; !rest.empty();) {
        const std::size_t size = std::min<std::size_t>(rest.size(), 1 + random() % 200);
        client.send(rest.substr(0, size));
        rest.remove_prefix(size);
      }
    });
    std::thread answerer([&fixture, first, slow, seed] {
      std::mt19937 choice(seed + 1'000'000);
      std::vector<std::size_t> open;
      for (std::size_t seen = 0, done = 0; done < slow;) {
        for (; seen < fixture.kept() - first; ++seen) open.push_back(first + seen);
        if (open.empty()) {
          std::this_thread::yield();
          continue;
        }
        const auto at = open.begin() + static_cast<std::ptrdiff_t>(choice() % open.size());
        fixture.answer(*at, std::to_string(*at));
        open.erase(at);
        ++done;
      }
    });
    for (const std::string& body : expected) CHECK(client.read().body == body);
    sender.join();
    answerer.join();
  }
}
