#include "server/local_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/beast.hpp>

namespace mbe {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Unix = asio::local::stream_protocol;

constexpr std::uint64_t answer_bytes_max = std::uint64_t{1} << 30;
constexpr int http_1_1 = 11;

/// False where nobody listens: no server, or one that was killed.
bool connect(Unix::socket& socket, const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return false;
  error_code failed;
  socket.connect(Unix::endpoint(path), failed);
  return !failed;
}

ErrorCode code_named(const std::string& name) {
  constexpr ErrorCode codes[] = {
      ErrorCode::invalid_argument, ErrorCode::not_found,   ErrorCode::limit, ErrorCode::busy,
      ErrorCode::denied,           ErrorCode::unavailable, ErrorCode::io,    ErrorCode::corrupt};
  const auto* const found = std::ranges::find(codes, name, error_name);
  return found == std::end(codes) ? ErrorCode::io : *found;
}

Error broken(const std::string& path, const std::string& why) {
  return fail(ErrorCode::io,
              "the server at {} did not answer: {}; look with `mbe list` whether it is done", path,
              why);
}

Result<Json> read_answer(unsigned status, const std::string& body, const std::string& path) {
  Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return broken(path, "this is not JSON");
  if (status < 300) return json;
  // The detail is in the caller's language already.
  return Error(code_named(json.value("code", "")), "{}", {json.value("detail", "")});
}

}  // namespace

std::optional<LocalClient> LocalClient::find(const std::string& home) {
  const std::string path = home + "/socket";
  asio::io_context io;
  Unix::socket socket(io);
  if (!connect(socket, path)) return std::nullopt;
  return LocalClient(path);
}

Result<Json> LocalClient::post(const std::string& target, const Json& arguments,
                               const std::string& language,
                               const std::map<std::string, std::string>& headers) const {
  asio::io_context io;
  Unix::socket socket(io);
  if (!connect(socket, path_)) return broken(path_, "it has stopped");
  http::request<http::string_body> request(http::verb::post, target, http_1_1);
  request.set(http::field::host, "localhost");
  request.set(http::field::content_type, "application/json");
  request.set(http::field::accept_language, language);
  for (const auto& [name, value] : headers) request.set(name, value);
  request.body() = arguments.dump(-1, ' ', false, Json::error_handler_t::replace);
  request.prepare_payload();
  error_code failed;
  http::write(socket, request, failed);
  if (failed) return broken(path_, failed.message());
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(answer_bytes_max);
  http::read(socket, buffer, parser, failed);
  if (failed) return broken(path_, failed.message());
  return read_answer(parser.get().result_int(), parser.get().body(), path_);
}

std::string query_escape(std::string_view text) {
  constexpr std::string_view plain = "-_.~";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace mbe
