// Queries that a gateway passes on to projectors: real servers, which answer, do not have the partition, are
// not there, or say nothing.
#include "gateway/outbound/projectors.hpp"

#include <doctest/doctest.h>

#include <atomic>

#include "gateway/http/server.hpp"
#include "tests/gateway/handler_client.hpp"

namespace florin::gateway {
namespace {

using namespace std::chrono_literals;

class Known final : public Authenticator {
 public:
  tl::expected<AuthContext, AuthRefusal> authenticate(std::string_view authorization) override {
    if (authorization != "Florin secret") return tl::unexpected(AuthRefusal::forged);
    AuthContext caller;
    caller.scopes = scopes::all;
    return caller;
  }
};

class Projector {
 public:
  explicit Projector(std::string name, unsigned status = 200) : router_(api_endpoints()) {
    router_.bind("getAccount", [this, name, status](const RequestPtr& request, const Reply& reply) {
      ++asked;
      if (silent) return held_.push_back(reply);
      Response response{.status = status, .body = name + " " + request->target + " " + request->request_id};
      response.headers.emplace_back("Florin-Position", "here");
      reply.send(std::move(response));
    });
    router_.leave_out_unbound();
    Listener listener;
    listener.host = "127.0.0.1";
    listener.site = {&router_, &known_, nullptr};
    server_ = Server::start({listener}, {}, {}).value();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(server_->port(0)); }
  void stop() { server_->stop(0ms); }

  std::atomic<int> asked{0};
  std::atomic<bool> silent{false};

 private:
  Known known_;
  Router router_;
  std::vector<Reply> held_;
  std::unique_ptr<Server> server_;
};

Response ask(Projectors& projectors, std::uint32_t partition = 0, std::string_view secret = "Florin secret") {
  auto request = std::make_shared<Request>();
  request->target = "/api/v1/ledger/accounts/7?min_position=x%20y";
  request->request_id = "request-1";
  const auto captured = std::make_shared<testing::CapturedReply>();
  projectors.ask(request, {partition}, std::string(secret), Reply(captured));
  return captured->wait();
}

constexpr const char* nobody = "127.0.0.1:1";

std::unique_ptr<Projectors> to(std::vector<std::string> addresses,
                               std::chrono::milliseconds answer_max = 5s) {
  return Projectors::open({std::move(addresses), answer_max}).value();
}

std::string_view header(const Response& response, std::string_view name) {
  for (const auto& [known, value] : response.headers)
    if (known == name) return value;
  return {};
}

}  // namespace

TEST_CASE("given a projector, then it gets the question as it was sent, and its answer comes back whole") {
  Projector one("one");
  const auto projectors = to({one.address()});
  const Response answer = ask(*projectors);
  CHECK(answer.status == 200);
  CHECK(answer.body == "one /api/v1/ledger/accounts/7?min_position=x%20y request-1");
  CHECK(answer.content_type == "application/json");
  CHECK(header(answer, "Florin-Position") == "here");
  CHECK(ask(*projectors, 0, "Florin other").status == 401);
}

TEST_CASE("given projectors that are not there, then the next one answers, and is asked first from then on") {
  Projector one("one");
  const auto projectors = to({nobody, one.address()});
  for (int i = 0; i < 5; ++i) CHECK(ask(*projectors).status == 200);
  CHECK(one.asked == 5);
  one.stop();
  const Response none = ask(*projectors);
  CHECK(none.status == 503);
  CHECK(header(none, "Retry-After") == "1");
}

TEST_CASE("given a projector that does not have the partition, then one that has it is asked") {
  Projector without("without", 421), with("with");
  const auto projectors = to({without.address(), with.address()});
  for (int i = 0; i < 3; ++i) CHECK(ask(*projectors, 2).body.starts_with("with "));
  CHECK(without.asked == 1);
  const auto only = to({without.address()});
  CHECK(ask(*only).status == 503);
}

TEST_CASE("given a projector that says nothing, then the question ends by its deadline") {
  Projector one("one");
  one.silent = true;
  const auto projectors = to({one.address()}, 300ms);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(ask(*projectors).status == 503);
  CHECK(std::chrono::steady_clock::now() - begin < 3s);
}

TEST_CASE("given a refusal of a projector, then the caller gets that one") {
  Projector one("one", 404);
  const auto projectors = to({one.address()});
  CHECK(ask(*projectors).status == 404);
}

TEST_CASE("given no address, then there is nobody to ask") {
  CHECK(Projectors::open({}).error().code == Errc::invalid_argument);
  CHECK(Projectors::open({std::vector<std::string>(65, nobody), 5s}).error().code == Errc::invalid_argument);
}

}  // namespace florin::gateway
