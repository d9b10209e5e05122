#include "deploy/florin/admin_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>

namespace florin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t answer_bytes_max = 16u << 20;

using Stream = beast::basic_stream<asio::local::stream_protocol>;

// Runs one asynchronous step to its end, so that the stream's time limit bounds it.
template <class Start>
beast::error_code finish(asio::io_context& io, Start start) {
  beast::error_code result;
  start([&result](beast::error_code error, std::size_t = 0) { result = error; });
  io.restart();
  io.run();
  return result;
}

Result<std::string> answer_of(http::response<http::string_body>& response) {
  if (response.result_int() == 200) return std::move(response.body());
  const auto problem = nlohmann::json::parse(response.body(), nullptr, false);
  std::string text = "the server answered " + std::to_string(response.result_int());
  if (problem.is_object()) {
    text = problem.value("title", text) + ": " + problem.value("detail", "");
    for (const auto& error : problem.value("errors", nlohmann::json::array()))
      text += " " + error.value("pointer", "") + ": " + error.value("detail", "");
  }
  return fail(Errc::invalid_argument, text);
}

}  // namespace

Result<std::string> admin_call(const std::filesystem::path& socket, std::string_view method,
                               std::string_view target, std::string body) {
  asio::io_context io;
  Stream stream(io);
  stream.expires_after(std::chrono::seconds(admin_call_seconds_max));
  const asio::local::stream_protocol::endpoint endpoint(socket.string());
  if (finish(io, [&](auto done) { stream.async_connect(endpoint, done); }))
    return fail(Errc::not_found, "no server listens at " + socket.string() +
                                     "; start it with `florin serve`, or name its "
                                     "data folder with --data");
  http::request<http::string_body> request(http::string_to_verb(method), target, 11);
  request.set(http::field::host, "admin");
  if (!body.empty()) request.set(http::field::content_type, "application/json");
  request.body() = std::move(body);
  request.prepare_payload();
  if (finish(io, [&](auto done) { http::async_write(stream, request, done); }))
    return fail(Errc::io, "the server closed the admin socket");
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(answer_bytes_max);
  if (const auto error = finish(io, [&](auto done) { http::async_read(stream, buffer, parser, done); }))
    return error == beast::error::timeout ? fail(Errc::deadline, "the server did not answer in time")
                                          : fail(Errc::io, "the server did not answer: " + error.message());
  return answer_of(parser.get());
}

}  // namespace florin
