#include <doctest/doctest.h>

#include <future>
#include <thread>

#include "tests/gateway/commands/fixture.hpp"

using namespace florin;
using namespace florin::testing;
using namespace florin::gateway::testing;

TEST_CASE("the commands of a connection are submitted in the order in which they came") {
  Fixture f;
  f.port.silent = true;
  std::promise<void> busy, free;
  REQUIRE(f.workers.post([&] {
    busy.set_value();
    free.get_future().wait();
  }));
  busy.get_future().wait();
  const auto turns = std::make_shared<Turns>();
  const auto post = [&](std::string body, std::shared_ptr<Turns> connection) {
    const Call call{.method = "POST",
                    .target = "/api/v1/ledger/accounts",
                    .body = std::move(body),
                    .turns = std::move(connection)};
    return begin(f.router, call);
  };
  const std::string padding(100'000, ' ');  // makes a body long, so that a worker reads it
  const auto first = post(R"({"accounts":[{"id":"1"}]})" + padding, turns);
  const auto wrong = post("{" + padding, turns);
  const auto third = post(R"({"accounts":[{"id":"3"}]})", turns);
  post(R"({"accounts":[{"id":"4"}]})", std::make_shared<Turns>());
  REQUIRE(f.port.taken.size() == 1);  // another connection does not wait
  free.set_value();
  CHECK(wrong->wait().status == 400);
  while (f.port.count() < 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const auto id = [&](std::size_t i) {
    return std::get<CreateAccounts>(f.port.taken[i].body).accounts[0].id;
  };
  CHECK(id(0) == AccountId{4});
  CHECK(id(1) == AccountId{1});
  CHECK(id(2) == AccountId{3});
}
