// What the calls of the admin socket share: bodies read, commands run, other rooms asked.
#pragma once

#include <functional>
#include <string>

#include "gateway/admin/admin.hpp"
#include "gateway/json/fields.hpp"

namespace florin::gateway {

// Parses the body as one object and reads it; answers the caller itself, and gives false, when it is wrong.
bool read_body(const Request& request, const Reply& reply,
               const std::function<void(json::Fields&, FieldErrors&)>& read);

// The operator may know what a client may not: what is there already, and what is not.
Problem for_operator(const Error& error);

CommandHeader by_operator(BookId book);

// What a command did, as the caller is told it.
struct Effect {
  std::string body;                      // of the answer
  std::string sentence;                  // where it does not show in time; without a full stop
  std::string advice{};                  // what to do then
  std::function<Result<void>()> then{};  // called before the answer
  std::function<void()> next{};          // called instead of the answer: more is to be done
};

// Submits the command, and answers with what it did or with the problem that it has. It answers when the
// directory has the event: from then on every call is judged by it.
void run(const GatewayPartition& partition, Command command, const RequestPtr& request, const Reply& reply,
         Effect effect);
// The same, on the partition that the command's book lives in.
void run(const AccessPorts& ports, Command command, const RequestPtr& request, const Reply& reply,
         Effect effect);
// A command of the system, on every partition in turn.
void run_on_all(const AccessPorts& ports, CommandBody body, const RequestPtr& request, const Reply& reply,
                Effect effect, std::size_t first = 0);

void refuse_for_now(const RequestPtr& request, const Reply& reply);

// Asks another room on a worker thread.
void ask(WorkerPool& workers, const RequestPtr& request, const Reply& reply,
         std::function<Result<std::string>()> question);

// The parts of bind_admin(). The first two need ports.access.
void bind_access(Router& router, const AdminPorts& ports);
void bind_keys_and_rules(Router& router, const AdminPorts& ports);
void bind_operations(Router& router, const AdminPorts& ports);

}  // namespace florin::gateway
