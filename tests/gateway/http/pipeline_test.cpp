#include "gateway/http/pipeline.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace florin;
using namespace florin::gateway;
using Next = Pipeline::Next;

namespace {

const Endpoint endpoint{"GET", "/", "any"};

struct World {
  Core core;
  asio::steady_timer wake{core.io};
  std::vector<Reply> replies;  // of requests that a handler has, as they came
  Handler handler = [this](const RequestPtr&, const Reply& reply) { replies.push_back(reply); };

  World() {
    core.limits.pipeline_max = 4;
    core.limits.pipeline_body_bytes_max = 100;
    core.limits.handler = std::chrono::milliseconds(50);
  }
  std::unique_ptr<Exchange> request(std::size_t body_bytes = 0, bool last = false) {
    auto exchange = std::make_unique<Exchange>(core);
    exchange->last = last;
    exchange->admission.endpoint = &endpoint;
    exchange->admission.handler = &handler;
    REQUIRE(exchange->share.take(body_bytes));
    exchange->start(core, wake);
    return exchange;
  }
  void answer(std::size_t index) { replies.at(index).send(json_response(std::to_string(index))); }
};

std::string written(Pipeline& pipeline) {
  std::string body = pipeline.front().settle().body;
  pipeline.pop();
  return body;
}

}  // namespace

TEST_CASE("the second answer waits for the first") {
  World world;
  Pipeline pipeline(world.core.limits);
  CHECK(pipeline.next_answer() == Next::wait);
  pipeline.push(world.request());
  pipeline.push(world.request());
  world.answer(1);
  CHECK(pipeline.next_answer() == Next::wait);
  world.answer(0);
  CHECK(pipeline.next_answer() == Next::go);
  CHECK(written(pipeline) == "0");
  CHECK(pipeline.next_answer() == Next::go);
  CHECK(written(pipeline) == "1");
  CHECK(pipeline.next_answer() == Next::wait);
}

TEST_CASE("reading waits while the bounds are reached, and goes on behind an answer") {
  World world;
  Pipeline pipeline(world.core.limits);
  CHECK(pipeline.next_request(1000) == Next::go);  // alone, any body may come
  pipeline.push(world.request(60));
  CHECK(pipeline.next_request(40) == Next::go);
  CHECK(pipeline.next_request(41) == Next::wait);
  for (int i = 0; i < 3; ++i) pipeline.push(world.request());
  CHECK(pipeline.next_request(0) == Next::wait);
  CHECK(world.core.body_bytes == 60);
  world.answer(0);
  CHECK(written(pipeline) == "0");
  CHECK(world.core.body_bytes == 0);
  CHECK(pipeline.next_request(100) == Next::go);
}

TEST_CASE("behind the last request nothing is read, and its answer is known to be the last") {
  World world;
  Pipeline pipeline(world.core.limits);
  pipeline.push(world.request());
  CHECK_FALSE(pipeline.front_is_last());
  pipeline.push(world.request(0, true));
  CHECK(pipeline.next_request(0) == Next::end);
  world.answer(0);
  world.answer(1);
  CHECK_FALSE(pipeline.front_is_last());
  CHECK(written(pipeline) == "0");
  CHECK(pipeline.front_is_last());
  CHECK(written(pipeline) == "1");
  CHECK(pipeline.next_answer() == Next::end);
}

TEST_CASE("closed with requests in flight, it ends when they are answered") {
  World world;
  Pipeline pipeline(world.core.limits);
  pipeline.push(world.request());
  pipeline.close();
  CHECK(pipeline.next_request(0) == Next::end);
  CHECK(pipeline.next_answer() == Next::wait);
  world.answer(0);
  CHECK(pipeline.front_is_last());
  CHECK(written(pipeline) == "0");
  CHECK(pipeline.next_answer() == Next::end);
}

TEST_CASE("each request has its own deadline") {
  World world;
  Pipeline pipeline(world.core.limits);
  pipeline.push(world.request());
  const auto first = pipeline.front().deadline;
  pipeline.push(world.request());
  world.answer(1);
  CHECK_FALSE(pipeline.expire(first - std::chrono::milliseconds(1)));
  CHECK(pipeline.expire(first));
  world.answer(0);  // too late
  CHECK(written(pipeline).find("position_not_reached") != std::string::npos);
  CHECK_FALSE(pipeline.expire(Exchange::Time::max()));
  CHECK(written(pipeline) == "1");
}

TEST_CASE("whatever is answered when, answers go out in order and none is lost") {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    World world;
    Pipeline pipeline(world.core.limits);
    const std::size_t count = 1 + random() % 30;
    std::vector<std::size_t> unanswered;
    std::size_t pushed = 0, out = 0;
    while (pipeline.next_answer() != Next::end) {
      const auto choice = random() % 3;
      if (choice == 0 && pipeline.next_request(random() % 50) == Next::go) {
        unanswered.push_back(pushed++);
        pipeline.push(world.request(random() % 50, pushed == count));
      } else if (choice == 1 && !unanswered.empty()) {
        const auto at = unanswered.begin() + static_cast<std::ptrdiff_t>(random() % unanswered.size());
        world.answer(*at);
        unanswered.erase(at);
      } else if (choice == 2 && pipeline.next_answer() == Next::go) {
        REQUIRE(pipeline.front_is_last() == (out + 1 == count));
        REQUIRE(written(pipeline) == std::to_string(out++));
      }
      REQUIRE(pushed - out <= world.core.limits.pipeline_max);
    }
    REQUIRE(out == count);
    REQUIRE(world.core.body_bytes == 0);
  }
}
