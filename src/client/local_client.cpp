#include "client/local_client.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

#include "llm/http_client.h"
#include "llm/sse_reader.h"

namespace mbe {

namespace {

constexpr std::size_t answer_bytes_max = std::size_t{1} << 30;
constexpr long ok_status = 200;
constexpr std::chrono::hours patience{24 * 365};

/// As problem details name it; a code of another version is io.
ErrorCode code_named(std::string_view name) {
  constexpr ErrorCode codes[] = {
      ErrorCode::invalid_argument, ErrorCode::not_found,   ErrorCode::limit, ErrorCode::busy,
      ErrorCode::denied,           ErrorCode::unavailable, ErrorCode::io,    ErrorCode::corrupt};
  const auto* const found = std::ranges::find(codes, name, error_name);
  return found == std::end(codes) ? ErrorCode::io : *found;
}

/// False where nobody listens: no server, or one that was killed.
bool answers(const std::string& path) {
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return false;
  address.sun_family = AF_UNIX;
  std::ranges::copy(path, address.sun_path);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const bool out =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return out;
}

HttpCall call_of(const std::string& socket, const std::string& target, const Json& arguments,
                 const std::string& language) {
  HttpCall out;
  out.url = "http://localhost" + target;
  out.unix_socket = socket;
  // Without `Expect:` a large body would first wait for leave.
  out.headers = {"Content-Type: application/json", "Accept-Language: " + language, "Expect:"};
  out.body = arguments.dump(-1, ' ', false, Json::error_handler_t::replace);
  return out;
}

}  // namespace

std::optional<LocalClient> LocalClient::find(const std::string& home) {
  const std::string path = home + "/socket";
  if (!answers(path)) return std::nullopt;
  return LocalClient(path);
}

Error LocalClient::broken(const std::string& why) const {
  return fail(ErrorCode::io,
              "the server at {} did not answer: {}; look with `mbe list` whether it is done", path_,
              why);
}

Error LocalClient::told(const std::string& body) const {
  const Json problem = Json::parse(body, nullptr, false);
  if (!problem.is_object()) return broken("this is not JSON");
  const auto text = [&problem](const char* name) {
    const auto found = problem.find(name);
    return found != problem.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  return Error(code_named(text("code")), "{}", {text("detail")});
}

Result<Json> LocalClient::post(const std::string& target, const Json& arguments,
                               const std::string& language,
                               const std::map<std::string, std::string>& headers) const {
  HttpCall call = call_of(path_, target, arguments, language);
  for (const auto& [name, value] : headers) call.headers.push_back(name + ": " + value);
  call.silence_timeout = patience;
  std::string body;
  const auto reply = http_call(call, {}, [&body](std::string_view bytes) {
    body += bytes;
    return body.size() <= answer_bytes_max;
  });
  if (!reply.ok()) return broken(reply.error().message());
  if (reply->status != ok_status) {
    if (reply->status >= 300) return told(reply->body);
    body = reply->body;
  }
  Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return broken("this is not JSON");
  return json;
}

Result<Json> LocalClient::stream(const std::string& target, const Json& arguments,
                                 const std::string& language, const OnEvent& on_event,
                                 const std::stop_token& stop) const {
  HttpCall call = call_of(path_, target, arguments, language);
  call.headers.emplace_back("Accept: text/event-stream");
  std::optional<Result<Json>> end;
  SseReader events([&](const std::string& name, const std::string& data) {
    Json json = Json::parse(data, nullptr, false);
    if (name == "error") {
      end = told(data);
    } else if (json.is_discarded()) {
      end = broken("this is not JSON");
    } else {
      on_event(name, json);
      if (name == "done") end = std::move(json);
    }
    return true;
  });
  const auto reply =
      http_call(call, stop, [&events](std::string_view bytes) { return events.feed(bytes); });
  if (end) return *std::move(end);
  if (!reply.ok() && stop.stop_requested()) return reply.error();
  if (!reply.ok()) return broken(reply.error().message());
  if (reply->status != ok_status) return told(reply->body);
  return broken("it ended in the middle");
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
