// One HTTP request through libcurl, its answer given on as it arrives. Any thread may call.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mbe {

/// Names in lower case, in the order in which they came.
using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpCall {
  std::string url;
  std::string unix_socket;  ///< through this socket instead of the URL's host; empty: no
  std::vector<std::string> headers;
  std::string body;  ///< POST if there is one, else GET
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds silence_timeout{120'000};  ///< without a single byte
  std::size_t body_bytes_max = 16'000'000;             ///< of a body that is kept
  /// Told status and headers before the first byte of the body.
  std::function<void(long, const HttpFields&)> on_head = {};
  /// Asked about once a second, by the thread that called; true ends the call.
  std::function<bool()> unwanted = {};
  bool reuse = false;  ///< the connection may be one of a call before, and is kept for the next
};

struct HttpReply {
  long status = 0;
  std::string body;  ///< only of what on_body did not take
  HttpFields headers = {};
  /// Retry-After (a number of seconds or a date) or retry-after-ms; nothing where neither is told.
  std::optional<std::chrono::milliseconds> retry_after = {};
  bool retry_refused = false;  ///< x-should-retry: false
};

/// A URL as messages show it: without a user's name, a password and what stands behind `?`.
[[nodiscard]] std::string shown_url(std::string_view url);

/// Takes the bytes of an answer whose status is 200; false ends the call.
using OnBody = std::function<bool(std::string_view)>;

/// Errors: unavailable (no connection, silence, stopped), limit (a body kept is over
/// body_bytes_max). A call that on_body ended is no error. What on_body throws is thrown on.
[[nodiscard]] Result<HttpReply> http_call(const HttpCall& call, const std::stop_token& stop,
                                          const OnBody& on_body = {});

}  // namespace mbe
