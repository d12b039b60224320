#include "server/proxy_door.h"

#include <algorithm>

#include "base/guarded.h"
#include "base/utf8.h"
#include "llm/chat_wire.h"
#include "server/problem.h"
#include "server/proxy_parts.h"

namespace mbe {

namespace {

constexpr std::size_t name_bytes_max = 200;
constexpr std::size_t taken_in_max = 100;  // exchanges that wait for short-term memory
constexpr unsigned method_status = 405, busy_status = 503;
constexpr std::string_view version = "/v1";
constexpr std::string_view models_path = "/v1/models";
constexpr std::string_view receipts_path = "/v1/receipts/";

constexpr ProxyRoute routes[] = {{"/v1/chat/completions", ErrorStyle::openai, Wire::chat},
                                 {"/v1/responses", ErrorStyle::openai, Wire::responses},
                                 {"/v1/messages", ErrorStyle::anthropic, Wire::messages},
                                 {"/v1/messages/count_tokens", ErrorStyle::anthropic},
                                 {"/v1/embeddings"}};

/// One of those who hold a thread of the server's while they wait.
struct Place {
  explicit Place(std::atomic<std::size_t>& all) : count(all), number(++all) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { --count; }

  std::atomic<std::size_t>& count;
  const std::size_t number;
};

bool is_models(std::string_view path) {
  return path == models_path || path.starts_with("/v1/models/");
}

/// Of a proxied path: which form it speaks, and how.
ProxyRoute route_of(const HttpRequest& request) {
  const auto* const found = std::ranges::find(routes, request.path, &ProxyRoute::path);
  if (found != std::end(routes)) return *found;
  ProxyRoute out{request.path, ErrorStyle::openai, {}, "GET"};
  // Both providers list models under one path; only Anthropic's clients name their version.
  const bool anthropic = request.headers.contains("anthropic-version");
  if (is_models(request.path) && anthropic) out.style = ErrorStyle::anthropic;
  return out;
}

bool is_name(const std::string& text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
  return !text.empty() && text.size() <= name_bytes_max && !first_invalid_utf8(text) &&
         std::ranges::none_of(text, is_control);
}

std::string query_of(const HttpRequest& request) {
  std::string out;
  for (const auto& [name, value] : request.query) {
    if (name == "chain") continue;
    out += (out.empty() ? '?' : '&') + url_escaped(name) + '=' + url_escaped(value);
  }
  return out;
}

}  // namespace

ProxyDoor::ProxyDoor(ProxyDoorOptions options)
    : options_(std::move(options)),
      memory_({options_.config.budget_tokens, options_.utc_offset_minutes, options_.clock}),
      behind_(taken_in_max),
      jobs_(options_.config.streams_max) {}

ProxyDoor::~ProxyDoor() {
  stop();
}

void ProxyDoor::stop() {
  stopping_.request_stop();
  jobs_.stop();
}

bool ProxyDoor::is_proxied(std::string_view path) {
  return std::ranges::find(routes, path, &ProxyRoute::path) != std::end(routes) ||
         is_models(path) || path.starts_with(receipts_path);
}

HttpResponse ProxyDoor::refused(const HttpRequest& request, const Catalog& messages,
                                unsigned status, const Error& error) {
  HttpResponse out = problem(messages, status, error);  // its headers
  out.content_type = "application/json";
  out.body =
      refusal_body(route_of(request).style, status, error_name(error.code()), messages.text(error));
  return out;
}

HttpResponse ProxyDoor::answer(const HttpRequest& request, const Principal& who,
                               const Catalog& messages) {
  if (request.path.starts_with(receipts_path)) return receipt(request, who, messages);
  const ProxyRoute route = route_of(request);
  if (request.method != route.method) {
    const auto only = fail(ErrorCode::invalid_argument, "this path takes {} alone", route.method);
    return refused(request, messages, method_status, only);
  }
  const Place place(waiting_);
  if (place.number > options_.config.requests_max) {
    return refused(request, messages, busy_status,
                   fail(ErrorCode::busy, "too many answers are being made; try again"));
  }
  const auto exchange = prepare(request, who, messages);
  if (!exchange.ok()) {
    return refused(request, messages, http_status(exchange.error().code()), exchange.error());
  }
  (*exchange)->call.unwanted = request.has_left;
  return (*exchange)->request.streams ? streamed(*exchange, request) : whole(**exchange);
}

HttpResponse ProxyDoor::receipt(const HttpRequest& request, const Principal& who,
                                const Catalog& messages) {
  if (request.method != "GET") return wrong_method(messages, "GET");
  const auto found = receipts_.find(request.path.substr(receipts_path.size()), who.account);
  if (found) return json_response(*found);
  return problem(messages, fail(ErrorCode::not_found,
                                "there is no such receipt; the newest {} are kept until the server "
                                "ends",
                                Receipts::kept_max));
}

Result<std::shared_ptr<ProxyDoor::Exchange>> ProxyDoor::prepare(const HttpRequest& request,
                                                                const Principal& who,
                                                                const Catalog& messages) {
  auto out = std::make_shared<Exchange>(messages);
  out->route = route_of(request);
  if (out->route.method == "POST" && request.body.empty()) {
    return fail(ErrorCode::invalid_argument, "the body is not JSON");
  }
  if (out->route.wire) {
    MBE_ASSIGN(out->request, read_request(*out->route.wire, request.body));
  }
  MBE_TRY(take_memory(*out, request, who));
  MBE_TRY(aim(*out, request));
  recall(*out);
  if (out->route.wire) {
    const bool anthropic = out->route.style == ErrorStyle::anthropic;
    out->call.body =
        with_model(out->request, with_memory(out->request, request.body, out->recalled.text),
                   anthropic ? options_.config.anthropic.model : options_.config.openai.model);
  } else {
    out->call.body = request.body;
  }
  return out;
}

/// Which memory takes part, if the caller may use it: decided before anything is forwarded.
Result<void> ProxyDoor::take_memory(Exchange& exchange, const HttpRequest& request,
                                    const Principal& who) {
  const std::string& wish = request.header("x-mbe-memory");
  exchange.mode = wish.empty() ? options_.config.memory : wish;
  if (exchange.mode != "off" && exchange.mode != "read" && exchange.mode != "readwrite") {
    return fail(ErrorCode::invalid_argument, "X-MBE-Memory is off, read or readwrite");
  }
  const auto named = request.query.find("chain");
  const std::string chain = named == request.query.end() ? who.own_chain() : named->second;
  MBE_TRY(check_access(who, chain, Right::read));
  if (!exchange.request.newest) exchange.mode = "off";
  const bool writes = exchange.mode == "readwrite";
  if (writes) MBE_TRY(check_access(who, chain, Right::write));
  std::string conversation = request.header("x-mbe-conversation");
  if (!conversation.empty() && !is_name(conversation)) {
    return fail(ErrorCode::invalid_argument,
                "X-MBE-Conversation has 1 to {} bytes of text without control characters",
                name_bytes_max);
  }
  if (exchange.mode == "off") return {};
  if (conversation.empty()) conversation = memory_.conversation_of(exchange.request, who);
  exchange.heard = ProxyMemory::heard(exchange.request, who, chain, conversation);
  exchange.heard->writes = writes;
  return {};
}

/// Where it goes, with which key: the client's own is this server's, and goes no further.
Result<void> ProxyDoor::aim(Exchange& exchange, const HttpRequest& request) {
  const bool anthropic = exchange.route.style == ErrorStyle::anthropic;
  const ProxyUpstream& upstream = anthropic ? options_.config.anthropic : options_.config.openai;
  if (upstream.url.empty()) {
    return fail(ErrorCode::not_found,
                "there is no upstream for {}: give [proxy.{}] in config.toml a `url`", request.path,
                anthropic ? "anthropic" : "openai");
  }
  if (request.path.find("/..") != std::string::npos) {
    return fail(ErrorCode::not_found, "there is nothing at {}", request.path);
  }
  HttpCall& call = exchange.call;
  call.url = upstream.url + url_escaped(request.path.substr(version.size())) + query_of(request);
  call.connect_timeout = std::chrono::seconds(options_.config.connect_timeout_s);
  call.silence_timeout = std::chrono::seconds(options_.config.silence_timeout_s);
  call.body_bytes_max = proxied_body_bytes_max;
  call.reuse = true;
  call.headers = {"Expect:"};
  if (!request.headers.contains("content-type")) {
    call.headers.emplace_back("Content-Type: application/json");
  }
  for (const auto& [name, value] : request.headers) {
    if (!value.empty() && passes_up(name)) call.headers.push_back(name + ": " + value);
  }
  if (anthropic && !request.headers.contains("anthropic-version")) {
    call.headers.emplace_back(anthropic_version_header);
  }
  if (!upstream.key.empty()) call.headers.push_back("Authorization: Bearer " + upstream.key);
  return {};
}

/// What fails here leaves the conversation as it would be without memory.
void ProxyDoor::recall(Exchange& exchange) {
  if (!exchange.heard) return;
  Heard& heard = *exchange.heard;
  const auto recalled = guarded([&]() -> Result<Recalled> {
    const bool makes = heard.writes || heard.chain == heard.who.own_chain();
    MBE_ASSIGN(heard.memory, options_.engine.chain(heard.chain, makes));
    return memory_.recall(heard);
  });
  if (recalled.ok()) {
    exchange.recalled = *recalled;
  } else {
    exchange.memory_error = recalled.error();
  }
  exchange.receipt = receipts_.begin(
      heard.who.account,
      {{"id", ""},
       {"state", "answering"},
       {"chain", heard.chain},
       {"conversation", heard.conversation},
       {"memory", exchange.mode},
       {"blocks", exchange.recalled.blocks},
       {"tokens", exchange.recalled.tokens},
       {"written", Json::array()},
       {"error", exchange.memory_error ? proxy_error_json(exchange.messages, *exchange.memory_error)
                                       : Json()}});
}

}  // namespace mbe
