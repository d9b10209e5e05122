// What the rooms that speak to sockets take from Boost, and its names here. Compiled once
// (boost_libraries.cpp).
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace florin::gateway {

namespace asio = boost::asio;
using boost::system::error_code;

// One kind of socket for TCP and Unix sockets alike, so that one session serves both.
using Socket = asio::generic::stream_protocol::socket;

// Every wait gives its error as a value: co_await x.async_y(..., no_throw) is a tuple that begins with an
// error_code.
inline constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

}  // namespace florin::gateway
