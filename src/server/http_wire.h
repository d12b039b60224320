// What stands between the bytes of HTTP and the plain values of http.h: what the parser refuses,
// what it lets through though two readers could read it in two ways, and the heads of answers.
// For http_server alone. Pure functions.
#pragma once

#include <boost/beast/http.hpp>
#include <optional>
#include <string>

#include "base/result.h"
#include "server/http.h"

namespace mbe {

/// Who sends, as far as the connection knows.
struct Caller {
  std::string peer;  ///< the other side's address
  bool is_local = false, is_tls = false;
};

/// A problem that is told before anybody knows who calls, in English.
[[nodiscard]] HttpResponse plain_problem(unsigned status, ErrorCode code,
                                         const std::string& detail);

/// The same for what passes: with the seconds after which to come again.
[[nodiscard]] HttpResponse plain_busy(const std::string& detail);

/// What the parser did not like.
[[nodiscard]] HttpResponse refusal(boost::system::error_code error);

/// Whether the connection failed, rather than what came through it.
[[nodiscard]] bool is_of_system(const boost::system::error_code& failed);

/// The refusal of a header that could be read in two ways: no Host or several, a second credential
/// or origin, a coding of the body that is not `chunked` alone. Nothing where it is clear.
[[nodiscard]] std::optional<HttpResponse> unclear(const boost::beast::http::fields& fields,
                                                  unsigned version);

/// Method and headers of a request; false if its target is no path.
[[nodiscard]] bool read_head(const boost::beast::http::request<boost::beast::http::string_body>& in,
                             HttpRequest& out);

/// How the answer begins: all up to its body, which is not there where it is a stream of events.
/// keep: whether the connection serves another request afterwards.
[[nodiscard]] std::string head_of(const HttpResponse& answer, bool keep);

}  // namespace mbe
