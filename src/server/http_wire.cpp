#include "server/http_wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace mbe {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

/// Headers of which the last would count here, and perhaps the first elsewhere.
constexpr http::field single[] = {http::field::host,
                                  http::field::authorization,
                                  http::field::origin,
                                  http::field::sec_fetch_site,
                                  http::field::cookie,
                                  http::field::content_length,
                                  http::field::transfer_encoding};
constexpr unsigned version_1_1 = 11;

}  // namespace

HttpResponse plain_problem(unsigned status, ErrorCode code, const std::string& detail) {
  const std::string name(error_name(code));
  return {status,
          R"({"title":")" + name + R"(","status":)" + std::to_string(status) + R"(,"detail":")" +
              detail + R"(","code":")" + name + R"("})",
          "application/problem+json"};
}

HttpResponse plain_busy(const std::string& detail) {
  constexpr unsigned unavailable = 503;
  HttpResponse out = plain_problem(unavailable, ErrorCode::busy, detail);
  out.headers.emplace_back("Retry-After", "1");
  return out;
}

HttpResponse refusal(error_code error) {
  if (error == http::error::body_limit)
    return plain_problem(413, ErrorCode::limit, "the body is too large");
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return plain_problem(431, ErrorCode::limit, "the header is too large");
  return plain_problem(400, ErrorCode::invalid_argument, "this is not HTTP/1.1");
}

bool is_of_system(const error_code& failed) {
  return failed && failed.category() != make_error_code(http::error::end_of_stream).category();
}

std::optional<HttpResponse> unclear(const http::fields& fields, unsigned version) {
  for (const http::field name : single) {
    if (fields.count(name) > 1) {
      return plain_problem(400, ErrorCode::invalid_argument,
                           "the header " + std::string(http::to_string(name)) + " stands twice");
    }
  }
  if (version >= version_1_1 && fields[http::field::host].empty()) {
    return plain_problem(400, ErrorCode::invalid_argument, "there is no header Host");
  }
  const auto coding = fields.find(http::field::transfer_encoding);
  if (coding == fields.end()) return std::nullopt;
  // RFC 9112 6.1: a server that does not know the coding cannot know where the body ends.
  if (version >= version_1_1 && beast::iequals(coding->value(), "chunked")) return std::nullopt;
  return plain_problem(400, ErrorCode::invalid_argument,
                       "a body is sent as it is or `chunked`, in HTTP/1.1");
}

bool read_head(const http::request<http::string_body>& in, HttpRequest& out) {
  out.method = std::string(in.method_string());
  for (const auto& field : in) {
    std::string name(field.name_string());
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    out.headers[name] = std::string(field.value());
  }
  return read_target(in.target(), out);
}

std::string head_of(const HttpResponse& answer, bool keep) {
  const auto reason = http::obsolete_reason(http::int_to_status(answer.status));
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, std::string_view(reason));
  const auto add = [&](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  add("Content-Type", answer.events ? "text/event-stream" : answer.content_type);
  for (const auto& [name, value] : answer.headers) add(name, value);
  if (answer.events) {
    add("Cache-Control", "no-store");
    add("X-Accel-Buffering", "no");
  } else {
    add("Content-Length", std::to_string(answer.body.size()));
  }
  if (!keep) add("Connection", "close");
  return out.append("\r\n");
}

}  // namespace mbe
