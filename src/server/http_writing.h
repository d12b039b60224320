// The steps in which http_server writes to one connection; the caller sets the deadline of an
// answer, each part of a stream of events has its own. On the loop's thread alone.
#pragma once

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <utility>

#include "server/event_stream.h"
#include "server/http_reading.h"
#include "server/http_wire.h"

namespace mbe {

/// An answer, or the head of a stream of events, which ends with its connection.
template <class Stream>
boost::asio::awaitable<boost::system::error_code> send(Stream& stream, const HttpResponse& answer,
                                                       bool keep, bool is_head) {
  constexpr std::size_t copied_bytes_max = 65'536;  // to be one call of the system
  std::string head = head_of(answer, keep);
  std::string_view body = is_head ? std::string_view() : answer.body;
  if (body.size() <= copied_bytes_max) head.append(std::exchange(body, {}));
  auto failed = co_await write_all(stream, head);
  if (!failed && !body.empty()) failed = co_await write_all(stream, body);
  co_return failed;
}

/// Returns when the other side closes: a client of a stream has nothing more to say.
template <class Stream>
boost::asio::awaitable<void> until_gone(Stream& stream) {
  char rest[256];
  boost::system::error_code failed;
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  boost::beast::get_lowest_layer(stream).expires_never();
  while (!failed) {
    auto [read_failed, size] =
        co_await stream.async_read_some(boost::asio::mutable_buffer(rest, sizeof rest), use_tuple);
    failed = read_failed;
  }
}

/// Sends what comes until the stream ends or the connection does; a comment where nothing came for
/// as long as `heartbeat`. Whoever adds an event cancels `wake`.
template <class Stream>
boost::asio::awaitable<void> send_events(Stream& stream, EventStream& events,
                                         boost::asio::steady_timer& wake,
                                         std::chrono::milliseconds heartbeat,
                                         std::chrono::seconds write_timeout) {
  namespace asio = boost::asio;
  co_await asio::this_coro::throw_if_cancelled(false);
  for (;;) {
    EventStream::Taken taken = events.take();
    if (taken.bytes.empty()) {
      if (taken.ended) break;
      wake.expires_after(heartbeat);
      boost::system::error_code woken;
      co_await wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) break;  // the client has gone
      if (woken) continue;
      taken.bytes = ":\n\n";
    }
    boost::beast::get_lowest_layer(stream).expires_after(write_timeout);
    if (co_await write_all(stream, taken.bytes)) break;
  }
}

}  // namespace mbe
