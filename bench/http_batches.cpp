// How fast are batches over HTTP: one client, one connection, several batches of transfers in flight, in the
// binary form or in JSON. bench/http_batches.py starts a server for it.
//
//   http_batches --url http://127.0.0.1:7878 --token TOKEN --transfers 1000000 --batch 8189 --in-flight 4
//   --accounts 10000 --ledger 700 [--json]
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <deque>
#include <mutex>
#include <semaphore>
#include <thread>

#include "bench/workload.hpp"
#include "engine/base/codec.hpp"
#include "engine/clock/system_clock.hpp"
#include "gateway/http/message.hpp"
#include "gateway/json/writer.hpp"

namespace florin {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::ptrdiff_t in_flight_most = 32;  // as many as a server takes on one connection
constexpr std::size_t result_bytes = 16;

struct Options {
  std::string url, token;
  std::uint64_t transfers = 1'000'000;
  std::uint32_t batch = 8189, in_flight = 4, accounts = 10'000, ledger = 700;
  bool json = false;
};

[[noreturn]] void die(const std::string& message) {
  std::fprintf(stderr, "http_batches: %s\n", message.c_str());
  std::exit(1);
}

std::string records(const std::vector<Transfer>& transfers) {
  Bytes bytes;
  bytes.reserve(transfers.size() * 128);
  Writer out(bytes);
  for (const Transfer& transfer : transfers) {
    for (const u128 value :
         {transfer.id.value, transfer.debit_account_id.value, transfer.credit_account_id.value,
          transfer.amount.value, transfer.pending_id.value, transfer.user_data_128})
      out.fixed(value);
    out.fixed(transfer.user_data_64);
    for (const std::uint32_t value : {transfer.user_data_32, transfer.timeout, transfer.ledger.value})
      out.fixed(value);
    out.fixed(transfer.code);
    out.fixed(transfer.flags);
    out.fixed(transfer.timestamp.value);
  }
  return std::string(as_text(bytes));
}

std::string json_text(const std::vector<Transfer>& transfers) {
  gateway::json::Writer out;
  out.begin_object().key("transfers").begin_array();
  for (const Transfer& transfer : transfers)
    out.begin_object()
        .decimal("id", transfer.id.value)
        .decimal("debit_account_id", transfer.debit_account_id.value)
        .decimal("credit_account_id", transfer.credit_account_id.value)
        .decimal("amount", transfer.amount.value)
        .decimal("user_data_64", transfer.user_data_64)
        .number("ledger", transfer.ledger.value)
        .number("code", transfer.code)
        .end_object();
  return out.end_array().end_object().take();
}

class Client {
 public:
  explicit Client(const Options& options) : options_(options), socket_(io_) {
    workload_.accounts = options.accounts;
    const std::string_view scheme = "http://";
    const std::size_t colon = options.url.rfind(':');
    if (!options.url.starts_with(scheme) || colon < scheme.size()) die("--url must be http://HOST:PORT");
    authority_ = options.url.substr(scheme.size());
    asio::ip::tcp::resolver resolver(io_);
    asio::connect(socket_, resolver.resolve(options.url.substr(scheme.size(), colon - scheme.size()),
                                            options.url.substr(colon + 1)));
    socket_.set_option(asio::ip::tcp::no_delay(true));
  }

  // Seconds from before a batch was sent until its answer was read, sorted.
  std::vector<double> run() {
    const std::uint64_t calls = options_.transfers / options_.batch;
    std::thread sender([this, calls] {
      for (std::uint64_t i = 0; i < calls; ++i) send(next_batch());
    });
    std::vector<double> latencies;
    for (std::uint64_t i = 0; i < calls; ++i) latencies.push_back(read_answer());
    sender.join();
    std::sort(latencies.begin(), latencies.end());
    return latencies;
  }

 private:
  std::string next_batch() {
    auto body = std::get<CreateTransfers>(workload_.call(random_, 0, options_.batch, clock_));
    for (Transfer& transfer : body.transfers) transfer.ledger = {options_.ledger};
    return options_.json ? json_text(body.transfers) : records(body.transfers);
  }

  void send(const std::string& body) {
    const std::string type = options_.json ? "application/json" : std::string(gateway::records_media_type);
    const std::string head = "POST /api/v1/ledger/transfers HTTP/1.1\r\nHost: " + authority_ +
                             "\r\nAuthorization: Bearer " + options_.token + "\r\nContent-Type: " + type +
                             "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    room_.acquire();
    {
      const std::lock_guard lock(mutex_);
      sent_.push_back(SteadyClock::now());
    }
    asio::write(socket_, std::array{asio::buffer(head), asio::buffer(body)});
  }

  double read_answer() {
    const std::size_t head_bytes = asio::read_until(socket_, asio::dynamic_buffer(in_), "\r\n\r\n");
    const std::string head = in_.substr(0, head_bytes);
    const std::size_t at = head.find("\r\nContent-Length: ");
    if (at == std::string::npos) die("an answer has no length:\n" + head);
    const std::size_t size = std::stoul(head.substr(at + 18));
    if (in_.size() < head_bytes + size)
      asio::read(socket_, asio::dynamic_buffer(in_), asio::transfer_exactly(head_bytes + size - in_.size()));
    const std::string body = in_.substr(head_bytes, size);
    in_.erase(0, head_bytes + size);
    if (!head.starts_with("HTTP/1.1 200 ")) die("a batch was refused:\n" + head + body);
    check(body);
    const std::lock_guard lock(mutex_);
    const Seconds taken = SteadyClock::now() - sent_.front();
    sent_.pop_front();
    room_.release();
    return taken.count();
  }

  // A benchmark that is refused measures something else.
  void check(const std::string& body) const {
    std::size_t created = 0;
    if (options_.json) {
      for (std::size_t i = body.find("\"created\""); i != std::string::npos;
           i = body.find("\"created\"", i + 1))
        ++created;
    } else {
      for (std::size_t i = 0; i + result_bytes <= body.size(); i += result_bytes)
        created += body.compare(i + 8, 4, "\xff\xff\xff\xff") == 0 ? 1 : 0;
    }
    if (created != options_.batch) die("not every transfer was created");
  }

  const Options& options_;
  bench::Workload workload_;
  std::mt19937_64 random_{1};
  SystemClock clock_;
  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  std::string authority_, in_;
  std::counting_semaphore<in_flight_most> room_{static_cast<std::ptrdiff_t>(options_.in_flight)};
  std::mutex mutex_;  // guards sent_
  std::deque<SteadyClock::time_point> sent_;
};

void run(const Options& options) {
  Client client(options);
  const auto begin = SteadyClock::now();
  const std::vector<double> latencies = client.run();
  const double seconds = Seconds(SteadyClock::now() - begin).count();
  const auto at = [&](double fraction) {
    const auto count = static_cast<double>(latencies.size());
    return latencies[std::min(latencies.size() - 1, static_cast<std::size_t>(fraction * count))] * 1e3;
  };
  std::printf("%s, batch %u, %u in flight: %.0f transfers/s, p50 %.1f ms, p99 %.1f ms, p100 %.1f ms\n",
              options.json ? "json" : "binary", options.batch, options.in_flight,
              static_cast<double>(latencies.size() * options.batch) / seconds, at(0.5), at(0.99), at(1));
}

}  // namespace
}  // namespace florin

int main(int argc, char** argv) {
  florin::Options options;
  CLI::App app("Batches of transfers over one HTTP connection, several in flight.");
  app.add_option("--url", options.url, "http://HOST:PORT of the server.")->required();
  app.add_option("--token", options.token, "An access token with the scope ledger:write.")->required();
  app.add_option("--transfers", options.transfers, "How many in all, at least one batch.");
  app.add_option("--batch", options.batch, "Transfers in a call.")->check(CLI::Range(1, 8189));
  app.add_option("--in-flight", options.in_flight, "Calls that wait for their answer.")
      ->check(CLI::Range(std::ptrdiff_t{1}, florin::in_flight_most));
  app.add_option("--accounts", options.accounts, "Accounts 1 to this exist.")
      ->check(CLI::Range(2, 1'000'000));
  app.add_option("--ledger", options.ledger, "Their ledger.");
  app.add_flag("--json", options.json, "JSON instead of the binary form.");
  CLI11_PARSE(app, argc, argv);
  if (options.transfers < options.batch) options.transfers = options.batch;
  try {
    florin::run(options);
  } catch (const boost::system::system_error& error) {
    florin::die(error.what());
  }
  return 0;
}
