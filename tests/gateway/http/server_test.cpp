#include <doctest/doctest.h>

#include "tests/gateway/http/server_fixture.hpp"

using namespace florin;
using namespace florin::testing;

TEST_CASE("a connection serves many requests, pipelined ones too, in order") {
  Fixture fixture;
  RawClient client(fixture.port());
  const Answer first = client.ask(get("/hello", "X-Request-Id: mine-1\r\n"));
  CHECK(first.status == 200);
  CHECK(first.body == "\"hello\"");
  CHECK(first.field("X-Request-Id") == "mine-1");
  CHECK(first.field("Cache-Control") == "no-store");
  CHECK(first.field("X-Content-Type-Options") == "nosniff");
  CHECK(first.field("Server") == "florin");
  CHECK(first.field("Date").ends_with(" GMT"));
  CHECK(first.field("traceparent").size() == 55);
  CHECK(first.field("Connection").empty());

  client.send("\r\n" + post("/echo", "[1]") + get("/hello") + post("/echo", "[2]"));
  CHECK(client.read().body == "[1]");
  CHECK(client.read().body == "\"hello\"");
  CHECK(client.read().body == "[2]");
  CHECK(client.ask(get("/hello", "Connection: close\r\n")).field("Connection") == "close");
  CHECK(client.ended());
  CHECK(fixture.log().size() == 5);
  CHECK(fixture.log()[0].request_id == "mine-1");
  CHECK(fixture.log()[1].route == "/echo");
}

TEST_CASE("a request in single bytes, and a chunked one, are read like any other") {
  Fixture fixture;
  RawClient client(fixture.port());
  for (const char c : post("/echo", "[3]")) CHECK(client.send({&c, 1}));
  CHECK(client.read().body == "[3]");
  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n";
  CHECK(client.ask(chunked + "2;x=y\r\n[4\r\n3\r\n,5]\r\n0\r\n\r\n").body == "[4,5]");
  CHECK(client.ask(chunked + "1\r\n6\r\n0\r\nX-Trailer: y\r\n\r\n").body == "6");
}

TEST_CASE("after an error of framing nothing behind it is answered, and the connection ends") {
  Fixture fixture;
  const std::string behind = post("/echo", "[666]");
  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n";
  for (const std::string& bad :
       {get("/hello", "Host: h\r\n"), std::string("GET /hello HTTP/1.1\nHost: h\n\n"),
        post("/echo", "[1]", "Transfer-Encoding: chunked\r\n"), get("/hello", "X : y\r\n"),
        std::string("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n12345"),
        std::string("GET /hello HTTP/1.1\r\n\r\n"), get("/hello", "Authorization: a\r\nAuthorization: a\r\n"),
        chunked + "0x2\r\n[]\r\n0\r\n\r\n", chunked + "2\r\n[]XX0\r\n\r\n",
        std::string("\x16\x03\x01 TLS\r\n\r\n"), chunked + "2\r\n[]\r\n0\r\nContent-Length: 3\r\n\r\n"}) {
    CAPTURE(bad);
    RawClient client(fixture.port());
    client.send(bad + behind + behind);
    const Answer answer = client.read();
    CHECK(answer.status == 400);
    CHECK(answer.has("\"code\":\"request_malformed\""));
    CHECK(answer.field("Content-Type") == "application/problem+json");
    CHECK(answer.field("X-Request-Id").size() == 32);
    CHECK(answer.has("\"request_id\":\"" + answer.field("X-Request-Id") + "\""));
    CHECK(answer.field("Connection") == "close");
    CHECK(client.ended());
  }
  CHECK(fixture.echoes == 0);
}

TEST_CASE("a trailer never becomes a header") {
  Fixture fixture;
  RawClient client(fixture.port());
  const Answer answer = client.ask(
      "GET /secret HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Bearer "
      "good\r\n\r\n");
  CHECK(answer.status == 401);
}

TEST_CASE("a handler that throws is a 500 that tells nothing") {
  Fixture fixture;
  RawClient client(fixture.port());
  const Answer answer = client.ask(get("/throws"));
  CHECK(answer.status == 500);
  CHECK_FALSE(answer.has("secret"));
  CHECK(client.ask(get("/hello")).status == 200);
}

TEST_CASE("callers are known, limited, and told what they lack") {
  Fixture fixture;
  RawClient client(fixture.port());
  const Answer none = client.ask(get("/secret"));
  CHECK(none.status == 401);
  CHECK(none.has("authentication_required"));
  CHECK(none.field("WWW-Authenticate") == "Bearer realm=\"florin\"");
  CHECK(client.ask(get("/secret", "Authorization: Bearer old\r\n")).has("token_expired"));
  CHECK(client.ask(get("/secret", "Authorization: Basic x\r\n")).has("token_malformed"));

  const Answer good = client.ask(get("/secret", "Authorization: Bearer good\r\n"));
  CHECK(good.status == 200);
  CHECK(good.body == "5");
  CHECK(good.field("RateLimit-Policy") == "\"default\";q=5;w=3600");
  CHECK(good.field("RateLimit").starts_with("\"default\";r=4;t="));
  const Answer lacking = client.ask(get("/admin", "Authorization: Bearer good\r\n"));
  CHECK(lacking.status == 403);
  CHECK(lacking.field("WWW-Authenticate").find("insufficient_scope") != std::string::npos);
  for (int i = 0; i < 3; ++i)
    CHECK(client.ask(get("/secret", "Authorization: Bearer good\r\n")).status == 200);
  const Answer limited = client.ask(get("/secret", "Authorization: Bearer good\r\n"));
  CHECK(limited.status == 429);
  CHECK(std::stoi(limited.field("Retry-After")) > 600);
  CHECK(client.ask(get("/hello")).status == 200);
}

TEST_CASE("paths, methods, media types and expectations") {
  Fixture fixture;
  RawClient client(fixture.port());
  CHECK(client.ask(get("/nothing")).status == 404);
  const Answer method = client.ask("DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(method.status == 405);
  CHECK(method.field("Allow") == "POST, OPTIONS");
  const Answer options = client.ask("OPTIONS /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(options.status == 204);
  CHECK(options.field("Allow") == "GET, HEAD, OPTIONS");
  client.send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  const Answer head = client.read(true);
  CHECK(head.status == 200);
  CHECK(head.field("Content-Length") == "7");

  const auto with_type = [&](std::string_view type) {
    return client
        .ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n" + std::string(type) + "\r\n[]")
        .status;
  };
  CHECK(with_type("") == 415);
  CHECK(with_type("Content-Type: text/plain\r\n") == 415);
  CHECK(with_type("Content-Type: application/json ; charset=utf-8\r\n") == 200);
  CHECK(with_type("Content-Type: Application/JSON\r\nExpect: something\r\n") == 417);

  RawClient expecting(fixture.port());
  expecting.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: "
      "100-continue\r\n\r\n");
  CHECK(expecting.read().status == 100);
  CHECK(expecting.ask("[]").body == "[]");
}
