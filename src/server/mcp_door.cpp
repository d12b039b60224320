#include "server/mcp_door.h"

#include <algorithm>

#include "base/random.h"
#include "mcp/headers.h"
#include "operations/read_json.h"
#include "server/event_stream.h"
#include "server/problem.h"

namespace mbe {

namespace {

constexpr std::size_t streams_max = 32;
constexpr std::size_t sessions_max = 4'096;
constexpr std::size_t id_bytes = 20;
constexpr unsigned ok = 200, no_content = 204, bad_request = 400, not_found = 404;
constexpr const char* session_header = "Mcp-Session-Id";

/// For transports that give one answer alone.
class Unheard final : public mcp::Exchange {
 public:
  void send(const Json&) override {}
};

class Streamed final : public mcp::Exchange {
 public:
  explicit Streamed(EventStream& events) : events_(events) {}
  void send(const Json& message) override { events_.send("message", json_line(message)); }

 private:
  EventStream& events_;
};

HttpResponse fault(unsigned status, const Json& id, const mcp::Fault& what) {
  return json_response(mcp::response(id, what), status);
}

bool takes(const HttpRequest& request, std::string_view type) {
  const std::string& accept = request.header("accept");
  return accept.find(type) != std::string::npos || accept.find("*/*") != std::string::npos;
}

/// The least recently used of those that `of` accepts.
template <class Sessions, class Of>
auto oldest(Sessions& sessions, const Of& of) {
  auto out = sessions.end();
  for (auto one = sessions.begin(); one != sessions.end(); ++one) {
    if (!of(one->second)) continue;
    if (out == sessions.end() || one->second.used < out->second.used) out = one;
  }
  return out;
}

}  // namespace

McpDoor::McpDoor(std::string version) : core_(std::move(version)), jobs_(streams_max) {}

HttpResponse McpDoor::answer(const HttpRequest& request, const std::string& who,
                             const std::shared_ptr<mcp::Features>& features,
                             const Catalog& messages) {
  if (request.method == "POST") return post(request, who, features);
  const std::string& id = request.header("mcp-session-id");
  if (request.method != "DELETE" || id.empty()) return wrong_method(messages, "POST");
  if (end(id, who)) return {no_content, ""};
  return problem(messages, fail(ErrorCode::not_found, "there is no such session; begin a new one"));
}

HttpResponse McpDoor::post(const HttpRequest& request, const std::string& who,
                           const std::shared_ptr<mcp::Features>& features) {
  auto read = mcp::read_message(request.body);
  if (const auto* unreadable = std::get_if<mcp::Unreadable>(&read)) {
    return fault(bad_request, unreadable->id, unreadable->fault);
  }
  mcp::Message& message = std::get<mcp::Message>(read);
  const mcp::Headers headers = {request.header("mcp-protocol-version"),
                                request.header("mcp-method"), request.header("mcp-name")};
  const bool modern = is_modern(message, headers);
  std::optional<mcp::Session> session;
  if (modern) {
    // The revision defines no headers for notifications.
    const bool is_request = message.kind == mcp::Message::Kind::request;
    if (const auto wrong = mcp::check_headers(message, headers); wrong && is_request) {
      return fault(wrong->status, message.id, *wrong);
    }
  } else if (const std::string& id = request.header("mcp-session-id"); !id.empty()) {
    session = session_of(id, who);
    if (!session) {
      return fault(not_found, message.id,
                   {mcp::invalid_request, "the session has ended: begin with `initialize`"});
    }
  }
  const bool is_streamed =
      takes(request, "text/event-stream") &&
      mcp::Core::is_streamed(message, session ? &*session : nullptr, *features);
  if (is_streamed) return streamed(std::move(message), std::move(session), modern, features);
  return answered(message, session, modern, who, *features);
}

HttpResponse McpDoor::answered(const mcp::Message& message,
                               const std::optional<mcp::Session>& session, bool modern,
                               const std::string& who, mcp::Features& features) {
  Unheard unheard;
  mcp::Answer answer =
      core_.answer(message, session ? &*session : nullptr, modern, features, unheard);
  HttpResponse out = answer.message.is_null() ? HttpResponse{answer.status, ""}
                                              : json_response(answer.message, answer.status);
  if (answer.session) {
    out.headers.emplace_back(session_header, begin(who, std::move(*answer.session)));
  }
  return out;
}

HttpResponse McpDoor::streamed(mcp::Message message, std::optional<mcp::Session> session,
                               bool modern, std::shared_ptr<mcp::Features> features) {
  const auto events = std::make_shared<EventStream>();
  const Json id = message.id;
  const bool started =
      jobs_.start([this, events, message = std::move(message), session = std::move(session), modern,
                   features = std::move(features)](const std::stop_token&) {
        Streamed exchange(*events);
        const mcp::Answer answer =
            core_.answer(message, session ? &*session : nullptr, modern, *features, exchange);
        exchange.send(answer.message);
        events->end();
      });
  constexpr unsigned busy = 503;
  if (!started) {
    return fault(busy, id, {mcp::invalid_request, "too many calls at once; try again"});
  }
  return {.status = ok, .events = events};
}

std::optional<mcp::Session> McpDoor::session_of(const std::string& id, const std::string& who) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.who != who) return std::nullopt;
  found->second.used = ++uses_;
  return found->second.session;
}

std::string McpDoor::begin(const std::string& who, mcp::Session session) {
  session.id = to_base32(random_bytes(id_bytes));
  const std::lock_guard lock(mutex_);
  const auto is_theirs = [&who](const Held& held) { return held.who == who; };
  std::size_t theirs = 0;
  for (const auto& [id, held] : sessions_) theirs += is_theirs(held) ? 1 : 0;
  if (theirs >= sessions_of_one_max) sessions_.erase(oldest(sessions_, is_theirs));
  if (sessions_.size() >= sessions_max) {
    sessions_.erase(oldest(sessions_, [](const Held&) { return true; }));
  }
  const std::string id = session.id;
  sessions_[id] = {who, std::move(session), ++uses_};
  return id;
}

bool McpDoor::end(const std::string& id, const std::string& who) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.who != who) return false;
  sessions_.erase(found);
  return true;
}

}  // namespace mbe
