// Between Beast's messages and our plain values (http.h), for the server's loop alone. Pure.
#pragma once

#include <boost/beast/http.hpp>
#include <string>

#include "base/result.h"
#include "server/http.h"

namespace mbe {

/// Who sends, as far as the connection knows.
struct Caller {
  std::string peer;  ///< the other side's address
  bool is_local = false, is_tls = false;
};

using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;
using BeastResponse = boost::beast::http::response<boost::beast::http::string_body>;

/// A problem that is told before anybody knows who calls, in English.
[[nodiscard]] HttpResponse plain_problem(unsigned status, ErrorCode code,
                                         const std::string& detail);
/// The answer to what the parser did not like.
[[nodiscard]] HttpResponse parser_problem(const boost::system::error_code& error);
/// What came, headers by their names in lower case. Nothing if its target is no path, or it names
/// two hosts.
[[nodiscard]] std::optional<HttpRequest> request_of(BeastRequest given, const Caller& caller);
/// What goes out; the body is moved. `keep`: whether the connection goes on.
[[nodiscard]] BeastResponse response_of(HttpResponse& answer, bool keep, bool is_head);
/// The head of a stream of events, which ends with its connection.
[[nodiscard]] boost::beast::http::response<boost::beast::http::empty_body> events_head_of(
    HttpResponse& answer);

}  // namespace mbe
