// The steps in which http_server reads one connection, each bounded by the deadline that its caller
// has set on the stream (begin_request and linger set their own). On the loop's thread alone.
#pragma once

#include <poll.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <string>
#include <string_view>

namespace mbe {

inline constexpr auto use_tuple = boost::asio::experimental::as_tuple(boost::asio::use_awaitable);

using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

/// The other side's address.
inline std::string peer_name(const boost::asio::ip::tcp::socket& socket) {
  boost::system::error_code failed;
  return socket.remote_endpoint(failed).address().to_string();
}
/// Of the home's own socket there is none to tell.
inline std::string peer_name(const boost::asio::local::stream_protocol::socket&) {
  return "local";
}

/// Whether the other side of a connection sends nothing any more, though it may have sent more
/// than was read.
inline bool has_closed(int socket) {
  pollfd one{socket, POLLRDHUP, 0};
  return ::poll(&one, 1, 0) == 1 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/// Waits for the first byte of a request.
template <class Stream>
boost::asio::awaitable<boost::system::error_code> begin_request(Stream& stream,
                                                                boost::beast::flat_buffer& buffer,
                                                                std::chrono::seconds idle) {
  constexpr std::size_t at_once_max = 4'096;
  const std::size_t at_once = std::min(at_once_max, buffer.max_size());
  if (buffer.size() > 0) co_return boost::system::error_code();
  boost::beast::get_lowest_layer(stream).expires_after(idle);
  auto [failed, size] = co_await stream.async_read_some(buffer.prepare(at_once), use_tuple);
  buffer.commit(size);
  if (failed == boost::asio::error::eof) co_return boost::beast::http::error::end_of_stream;
  co_return failed;
}

/// All up to the body.
template <class Stream>
boost::asio::awaitable<boost::system::error_code> read_header(Stream& stream,
                                                              boost::beast::flat_buffer& buffer,
                                                              Parser& parser) {
  auto [failed, size] =
      co_await boost::beast::http::async_read_header(stream, buffer, parser, use_tuple);
  co_return failed;
}

/// All of a text. One buffer a call: Beast's TLS stream takes what begins with an empty one for
/// done.
template <class Stream>
boost::asio::awaitable<boost::system::error_code> write_all(Stream& stream, std::string_view text) {
  const boost::asio::const_buffer whole(text.data(), text.size());
  auto [failed, size] = co_await boost::asio::async_write(stream, whole, use_tuple);
  co_return failed;
}

/// The body; a client that waits to be told to send it is told.
template <class Stream>
boost::asio::awaitable<boost::system::error_code> read_body(Stream& stream,
                                                            boost::beast::flat_buffer& buffer,
                                                            Parser& parser) {
  namespace http = boost::beast::http;
  const auto expect = parser.get()[http::field::expect];
  if (!parser.is_done() && boost::beast::iequals(expect, "100-continue")) {
    const auto failed = co_await write_all(stream, "HTTP/1.1 100 Continue\r\n\r\n");
    if (failed) co_return failed;
  }
  auto [failed, size] = co_await http::async_read(stream, buffer, parser, use_tuple);
  co_return failed;
}

/// A socket that is closed while bytes still come resets the connection, and the answer may be lost
/// on its way: so what comes is taken for a moment, and thrown away.
template <class Stream>
boost::asio::awaitable<void> linger(Stream& stream, std::chrono::seconds timeout) {
  constexpr std::size_t bytes_max = std::size_t{4} << 20;
  boost::system::error_code failed;
  auto& lowest = boost::beast::get_lowest_layer(stream);
  lowest.socket().shutdown(boost::asio::socket_base::shutdown_send, failed);
  lowest.expires_after(timeout);
  char rest[4'096];
  for (std::size_t taken = 0; !failed && taken < bytes_max;) {
    auto [read_failed, size] =
        co_await stream.async_read_some(boost::asio::mutable_buffer(rest, sizeof rest), use_tuple);
    failed = read_failed;
    taken += size;
  }
}

}  // namespace mbe
