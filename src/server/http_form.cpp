#include "server/http_form.h"

#include <algorithm>

namespace mbe {

namespace {

namespace http = boost::beast::http;

constexpr unsigned http_1_1 = 11;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

HttpResponse plain_problem(unsigned status, ErrorCode code, const std::string& detail) {
  const std::string name(error_name(code));
  return {status,
          R"({"title":")" + name + R"(","status":)" + std::to_string(status) + R"(,"detail":")" +
              detail + R"(","code":")" + name + R"("})",
          "application/problem+json"};
}

HttpResponse parser_problem(const boost::system::error_code& error) {
  if (error == http::error::body_limit)
    return plain_problem(413, ErrorCode::limit, "the body is too large");
  if (error == http::error::header_limit)
    return plain_problem(431, ErrorCode::limit, "the header is too large");
  return plain_problem(400, ErrorCode::invalid_argument, "this is not HTTP/1.1");
}

std::optional<HttpRequest> request_of(BeastRequest given, const Caller& caller) {
  HttpRequest out;
  if (given.count(http::field::host) > 1 || !read_target(given.target(), out)) return std::nullopt;
  out.method = std::string(given.method_string());
  out.peer = caller.peer;
  out.is_local = caller.is_local;
  out.is_tls = caller.is_tls;
  for (const auto& field : given) {
    std::string name(field.name_string());
    std::ranges::transform(name, name.begin(), lower);
    out.headers[name] = std::string(field.value());
  }
  out.body = std::move(given.body());
  return out;
}

BeastResponse response_of(HttpResponse& answer, bool keep, bool is_head) {
  BeastResponse out(static_cast<http::status>(answer.status), http_1_1);
  out.set(http::field::content_type, answer.content_type);
  for (const auto& [name, value] : answer.headers) out.insert(name, value);
  out.keep_alive(keep);
  const std::size_t size = answer.body.size();
  if (!is_head) out.body() = std::move(answer.body);
  out.content_length(size);
  return out;
}

http::response<http::empty_body> events_head_of(HttpResponse& answer) {
  http::response<http::empty_body> out(std::move(response_of(answer, false, true).base()));
  out.erase(http::field::content_length);
  out.set(http::field::content_type, "text/event-stream");
  out.set(http::field::cache_control, "no-store");
  out.set("X-Accel-Buffering", "no");
  return out;
}

}  // namespace mbe
