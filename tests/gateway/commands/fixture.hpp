// The commands of the API without a server: a port that answers as a test says, and a router over it.
#pragma once

#include "engine/base/hash.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/queries/position.hpp"
#include "tests/gateway/handler_client.hpp"

namespace florin::gateway::testing {

using namespace florin::testing;

// Takes commands and answers with what a test laid ready, or refuses, or keeps silent.
class ScriptedPort final : public CommandPort {
 public:
  std::vector<Command> taken;
  std::vector<EventBody> events;  // of the outcome
  bool replayed = false;          // the outcome is the first one of a repeated call
  std::optional<Error> refusal;   // at once
  std::optional<Error> failure;   // later
  bool silent = false;

  Result<void> submit(Command command, Done done) override {
    if (refusal) return fail(*refusal);
    {
      const std::lock_guard lock(mutex_);
      taken.push_back(std::move(command));
    }
    if (silent) return {};
    if (failure) {
      done(fail(*failure));
      return {};
    }
    auto batch = std::make_shared<EventBatch>();
    batch->header.first = {100};
    for (EventBody& body : events) batch->events.push_back({{1}, {1}, 0, body});
    batch->header.count = static_cast<std::uint32_t>(batch->events.size());
    Outcome outcome;
    outcome.add({batch, 0, batch->events.size()});
    if (replayed) outcome.mark_replayed();
    done(std::move(outcome));
    return {};
  }
  std::size_t count() {  // of those taken, while workers submit more
    const std::lock_guard lock(mutex_);
    return taken.size();
  }

 private:
  std::mutex mutex_;
};

class PlainHasher final : public IdempotencyHasher {
 public:
  std::vector<KeyedCall> hash(const Principal& principal, BookId book, std::string_view key,
                              std::string_view asked) const override {
    return {{{principal.id * 1'000'000 + book.value * 1'000 + key.size()}, blake2b(as_bytes(asked))}};
  }
};

class ScriptedIssuer final : public TokenIssuer {
 public:
  Result<std::variant<Token, TokenRefusal>> answer{Token{"a.b.c", 600, scopes::ledger_read}};
  std::string asked;
  Result<std::variant<Token, TokenRefusal>> issue(std::string_view id, std::string_view secret,
                                                  std::string_view scope) override {
    asked = std::string(id) + "|" + std::string(secret) + "|" + std::string(scope);
    return answer;
  }
};

struct Fixture {
  ScriptedPort port;
  PlainHasher hasher;
  ScriptedIssuer issuer;
  WorkerPool workers{1};
  CommandPorts ports{port, hasher, issuer, workers};
  Router router{api_endpoints()};
  Fixture() { bind_commands(router, ports); }

  Response post(std::string_view path, std::string body, NamedValues headers = {}) {
    return ask(router, {"POST", "/api/v1/" + std::string(path), std::move(body), std::move(headers)});
  }
  Response send(std::string_view method, std::string_view path, std::string body, NamedValues headers = {}) {
    return ask(router, {method, "/api/v1/" + std::string(path), std::move(body), std::move(headers)});
  }
  Response token(std::string body, NamedValues headers = {}) {
    return post("oauth/token", std::move(body), std::move(headers));
  }
};

}  // namespace florin::gateway::testing
