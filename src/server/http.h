// Requests and responses as plain values: what the pages and operations behind the server see of
// HTTP. Names of headers are in lower case.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mbe {

class EventStream;

/// What becomes known of a request while it is answered; for counts and the log.
struct RequestTrace {
  std::string id;
  std::int64_t account = 0;  ///< 0: none, or the owner of the home's files
};

struct HttpRequest {
  std::string method;
  std::string path;                          ///< decoded, without the query
  std::map<std::string, std::string> query;  ///< decoded; the last of a name counts
  std::map<std::string, std::string> headers;
  std::string body;
  std::string peer;                 ///< the other side's address
  bool is_local = false;            ///< came through the home's Unix socket: the owner of its files
  bool is_tls = false;              ///< came encrypted to this server, not to a proxy before it
  /// Whether the other side has closed its connection; for as long as the handler runs.
  std::function<bool()> has_left = [] { return false; };
  mutable RequestTrace trace = {};  ///< of the one thread that answers

  /// Empty if there is none.
  [[nodiscard]] const std::string& header(const std::string& name) const {
    static const std::string none;
    const auto found = headers.find(name);
    return found == headers.end() ? none : found->second;
  }
};

struct HttpResponse {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::shared_ptr<EventStream> events = {};  ///< in place of a body
};

/// Answers a request. Called from several threads; may block.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

/// Splits a request's target and decodes it. False if it is not a path or its escapes are broken.
[[nodiscard]] bool read_target(std::string_view target, HttpRequest& out);

}  // namespace mbe
