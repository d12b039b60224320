#include "server/rest.h"

#include "base/digest.h"
#include "server/pages.h"
#include "server/problem.h"

namespace mbe {

namespace {

constexpr auto given_for = std::chrono::hours(24);
constexpr std::size_t given_max = 10'000;
constexpr std::size_t given_bytes_max = 65'536;  // of one answer
constexpr std::size_t given_all_bytes_max = 64'000'000;
constexpr std::size_t key_bytes_max = 255;
constexpr std::string_view operations_path = "/v1/";

}  // namespace

Rest::Rest(RestOptions options)
    : options_(std::move(options)),
      auth_(options_.people, options_.hosts, options_.behind_proxy),
      audit_(options_.engine, options_.log == nullptr ? no_log_ : *options_.log, options_.clock),
      dispatch_(options_.engine, audit_),
      people_door_(options_.people, auth_, audit_),
      mcp_door_(options_.version),
      mem0_door_(options_.engine, audit_),
      anthropic_door_(dispatch_),
      login_door_(options_.people, auth_, audit_, options_.first_run),
      openapi_(openapi(options_.version).dump(1)) {}

const Catalog& Rest::messages_for(const HttpRequest& request) const {
  return request.header("accept-language").starts_with("ko") ? options_.korean : options_.english;
}

HttpResponse Rest::answer(const HttpRequest& request) {
  HttpResponse out = routed(request);
  if (request.is_tls && !auth_.is_this_machine(request)) {
    out.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  }
  return out;
}

HttpResponse Rest::routed(const HttpRequest& request) {
  const Catalog& messages = messages_for(request);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (request.path == "/healthz") {
    return reads ? json_response({{"status", "ok"}}) : wrong_method(messages, "GET");
  }
  if (const auto ours = auth_.check_origin(request); !ours.ok()) {
    return problem(messages, ours.error());
  }
  if (auto page = page_answer(built_pages(), request, messages)) return *std::move(page);
  if (request.path == "/readyz") {
    return reads ? ready_answer(request) : wrong_method(messages, "GET");
  }
  if (request.path == "/metrics" && options_.metrics != nullptr) {
    return reads ? metrics_answer(request) : wrong_method(messages, "GET");
  }
  if (request.path == "/api/session") {
    return reads ? people_door_.session(request, messages, options_.first_run)
                 : wrong_method(messages, "GET");
  }
  if (const PeopleOperation* operation = people_operation_at(request.path)) {
    return people_door_.answer(*operation, request, address_of(request), messages);
  }
  if (request.path == "/openapi.json") {
    return reads ? HttpResponse{200, openapi_} : wrong_method(messages, "GET");
  }
  if (auto login = login_door_.answer(request, address_of(request), messages)) {
    return *std::move(login);
  }
  if (request.path == "/mcp") return mcp_answer(request);
  if (options_.proxy != nullptr && ProxyDoor::is_proxied(request.path)) {
    return proxy_answer(request);
  }
  if (request.path == anthropic_path) return anthropic_answer(request);
  if (Mem0Door::is_here(request.path)) return mem0_answer(request);
  if (request.path.starts_with(operations_path)) return operation_answer(request);
  if (request.path.starts_with("/api/")) return echo_answer(request);
  return problem(messages, fail(ErrorCode::not_found, "there is nothing at {}", request.path));
}

/// Which parts are ready; 503 until all are. Says no more than that to strangers.
HttpResponse Rest::ready_answer(const HttpRequest& request) {
  std::string echo = "absent";
  if (options_.echo != nullptr) {
    echo = options_.echo->boot_status(messages_for(request))["state"].get<std::string>();
  }
  const bool ready = echo != "running";
  HttpResponse out =
      json_response({{"ready", ready}, {"memory", "ready"}, {"echo", echo}}, ready ? 200 : 503);
  if (!ready) out.headers.emplace_back("Retry-After", "1");
  return out;
}

/// For whoever may read `main`: how much there is in it is nobody else's business.
HttpResponse Rest::metrics_answer(const HttpRequest& request) {
  const Catalog& messages = messages_for(request);
  const auto who = auth_.principal(request);
  if (!who.ok()) return problem(messages, who.error());
  if (!who->has_value()) return needs_credential(messages);
  if (const auto allowed = check_access(**who, "main", Right::read); !allowed.ok()) {
    return problem(messages, allowed.error());
  }
  const auto names = options_.engine.chains();
  if (!names.ok()) return problem(messages, names.error());
  const auto main = options_.engine.chain("main", false);
  return {200, options_.metrics->text(main.ok() ? *main : nullptr, names->size(), options_.version),
          "text/plain; version=0.0.4; charset=utf-8"};
}

HttpResponse Rest::echo_answer(const HttpRequest& request) {
  const Catalog& messages = messages_for(request);
  const auto who = auth_.principal(request);
  if (!who.ok()) return problem(messages, who.error());
  if (!who->has_value()) return needs_credential(messages);
  if (options_.echo != nullptr) {
    if (auto out = options_.echo->answer(request, **who, messages)) {
      constexpr unsigned accepted = 202;
      if (request.path == "/api/evolve" && out->status == accepted) {
        audit_.note("evolve", **who, door_of(request), Json::object());
      }
      if (request.path == "/api/conversations/delete" && out->status == 200) {
        const Json done = Json::parse(out->body);
        const Json about = {{"chain", (*who)->own_chain()}, {"count", done["count"]}};
        if (done.contains("erase_block")) audit_.note("forget", **who, door_of(request), about);
      }
      return std::move(*out);
    }
  }
  return problem(messages, fail(ErrorCode::not_found, "there is nothing at {}", request.path));
}

/// The operations as tools of an AI client; the same dispatch as below.
HttpResponse Rest::mcp_answer(const HttpRequest& request) {
  const Catalog& messages = messages_for(request);
  const auto who = auth_.principal(request);
  if (!who.ok()) return problem(messages, who.error());
  if (!who->has_value()) return needs_credential(messages);
  const auto named = request.query.find("chain");
  const std::string chain = named == request.query.end() ? (*who)->own_chain() : named->second;
  const auto kind = request.query.find("tools");
  const std::string kind_name = kind == request.query.end() ? "" : kind->second;
  const auto tools = tools_for(request, **who, chain);
  if (!tools.ok()) return problem(messages, tools.error());
  const std::string caller = fmt::format("{} {} {}", (*who)->account, kind_name, chain);
  return mcp_door_.answer(request, caller, *tools, messages);
}

/// The seven tools, or with `?tools=chatgpt` the two that its connectors know.
Result<std::shared_ptr<mcp::Features>> Rest::tools_for(const HttpRequest& request,
                                                       const Principal& who,
                                                       const std::string& chain) {
  const Catalog& messages = messages_for(request);
  const CallerDoor door{.channel = "mcp", .name = door_of(request), .is_tool = true};
  const auto run = [this, who, chain, door, &messages](const Operation& operation,
                                                       const Json& arguments) -> Result<Json> {
    return dispatch_.run(operation, who, chain, door, arguments, messages);
  };
  const auto kind = request.query.find("tools");
  if (kind == request.query.end()) {
    if (options_.tools == nullptr) {
      return fail(ErrorCode::unavailable, "this server has no tools");
    }
    return std::shared_ptr<mcp::Features>(std::make_shared<mcp::MemoryTools>(
        mcp::MemoryToolsOptions{.book = *options_.tools,
                                .messages = messages,
                                .run = run,
                                .utc_offset_minutes = [this] {
                                  return options_.utc_offset_minutes(options_.clock.now_ms());
                                }}));
  }
  if (kind->second != "chatgpt" || options_.search_tools == nullptr) {
    return fail(ErrorCode::not_found,
                "there are no tools `{}`; there are chatgpt, and without a "
                "name all",
                kind->second);
  }
  const std::string scheme = auth_.is_encrypted(request) ? "https://" : "http://";
  return std::shared_ptr<mcp::Features>(std::make_shared<mcp::SearchTools>(
      mcp::SearchToolsOptions{.book = *options_.search_tools,
                              .messages = messages,
                              .run = run,
                              .address = scheme + request.header("host") + "/memory#"}));
}

/// mem0's verbs; errors in its form from the first on.
HttpResponse Rest::mem0_answer(const HttpRequest& request) {
  const Catalog& messages = messages_for(request);
  const auto who = auth_.principal(request);
  if (!who.ok()) {
    return Mem0Door::refusal(messages, http_status(who.error().code()), who.error());
  }
  if (who->has_value()) return mem0_door_.answer(request, **who, messages);
  return Mem0Door::refusal(
      messages, 401,
      fail(ErrorCode::denied, "give a key: `Authorization: Token mbe_…` or `X-API-Key: mbe_…`"));
}

/// The file commands of a model's memory tool.
HttpResponse Rest::anthropic_answer(const HttpRequest& request) {
  const Catalog& messages = messages_for(request);
  const auto who = auth_.principal(request);
  if (!who.ok()) return problem(messages, who.error());
  if (!who->has_value()) return needs_credential(messages);
  return anthropic_door_.answer(request, **who, messages);
}

/// Nothing goes on before it is clear who asks.
HttpResponse Rest::proxy_answer(const HttpRequest& request) {
  const Catalog& messages = messages_for(request);
  const auto who = auth_.principal(request);
  if (!who.ok()) {
    return ProxyDoor::refused(request, messages, http_status(who.error().code()), who.error());
  }
  if (who->has_value()) return options_.proxy->answer(request, **who, messages);
  constexpr unsigned no_key = 401;
  return ProxyDoor::refused(request, messages, no_key,
                            fail(ErrorCode::denied,
                                 "give a key of this server: `Authorization: Bearer mbe_…`, or "
                                 "`X-Api-Key: mbe_…`"));
}

HttpResponse Rest::operation_answer(const HttpRequest& request) {
  const Catalog& messages = messages_for(request);
  // Who calls comes first: to a stranger, no path tells whether it exists.
  const auto who = auth_.principal(request);
  if (!who.ok()) return problem(messages, who.error());
  if (!who->has_value()) return needs_credential(messages);
  const std::string name = request.path.substr(operations_path.size());
  const Operation* operation = find_operation(name);
  if (operation == nullptr) {
    return problem(messages, fail(ErrorCode::not_found, "there is nothing at {}", request.path));
  }
  if (request.method != "POST") return wrong_method(messages, "POST");
  const auto named = request.query.find("chain");
  const std::string chain = named == request.query.end() ? (*who)->own_chain() : named->second;
  if (const auto allowed = check_operation(*operation, **who, chain); !allowed.ok()) {
    return problem(messages, allowed.error());
  }
  const auto key = request.headers.find("idempotency-key");
  if (key == request.headers.end() || operation->effect == Effect::read) {
    return run(*operation, **who, chain, request);
  }
  if (key->second.empty() || key->second.size() > key_bytes_max) {
    return problem(messages, fail(ErrorCode::invalid_argument,
                                  "an Idempotency-Key has 1 to {} bytes", key_bytes_max));
  }
  const std::string scope = (*who)->name + '\n' + request.path + '\n' + key->second;
  return once(scope, chain, request, [&] { return run(*operation, **who, chain, request); });
}

HttpResponse Rest::run(const Operation& operation, const Principal& who, const std::string& chain,
                       const HttpRequest& request) {
  const Catalog& messages = messages_for(request);
  const auto arguments =
      request.body.empty() ? Result<Json>(Json::object()) : read_json(request.body);
  if (!arguments.ok()) return problem(messages, arguments.error());
  // The home's owner may pass on what a model asks for: `mbe mcp` beside this server.
  const bool is_mcp = request.is_local && request.header("x-mbe-channel") == "mcp";
  const CallerDoor door{.channel = is_mcp             ? "mcp"
                                   : request.is_local ? "cli"
                                                      : "rest",
                        .name = door_of(request),
                        .is_tool = is_mcp};
  const auto result = dispatch_.run(operation, who, chain, door, *arguments, messages);
  return result.ok() ? json_response(*result) : problem(messages, result.error());
}

Result<std::uint64_t> Rest::erasures_of(const std::string& chain) {
  const auto memory = options_.engine.chain(chain, false);
  if (memory.ok()) return (*memory)->erasures();
  if (memory.error().code() == ErrorCode::not_found) return std::uint64_t{0};
  return memory.error();
}

HttpResponse Rest::given_before(const Given& before, const std::string& body,
                                std::uint64_t erasures, const Catalog& messages) {
  if (before.body != body) {
    return problem(
        messages, 422,
        fail(ErrorCode::invalid_argument, "this Idempotency-Key came with another request before"));
  }
  if (before.response.body.empty()) {
    return problem(messages, 409,
                   fail(ErrorCode::busy, "the same request is being answered; try again"));
  }
  if (before.erasures == erasures) return before.response;
  return problem(messages, 410,
                 fail(ErrorCode::not_found,
                      "this was done before; since then something was "
                      "forgotten, and the answer with it"));
}

HttpResponse Rest::once(const std::string& key, const std::string& chain,
                        const HttpRequest& request, const std::function<HttpResponse()>& run) {
  const Catalog& messages = messages_for(request);
  const std::string body = to_hex(view(sha256({chain, "\n", request.body})));
  const auto erasures = erasures_of(chain);
  if (!erasures.ok()) return problem(messages, erasures.error());
  const auto now = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (const auto before = given_.find(key);
        before != given_.end() && before->second.until > now) {
      return given_before(before->second, body, *erasures, messages);
    }
    if (given_.size() >= given_max) drop_oldest();
    keep_given(key, {body, {}, *erasures, now + given_for});
  }
  HttpResponse out;
  try {
    out = run();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    forget_given(given_.find(key));
    throw;
  }
  const std::lock_guard lock(mutex_);
  // What failed may be tried again, and what is large is not worth its memory.
  if (out.status >= 300 || out.body.size() > given_bytes_max) {
    forget_given(given_.find(key));
    return out;
  }
  keep_given(key, {body, out, *erasures, now + given_for});
  while (given_bytes_ > given_all_bytes_max) drop_oldest();
  return out;
}

void Rest::keep_given(const std::string& key, Given given) {
  forget_given(given_.find(key));
  given_bytes_ += given.response.body.size();
  given_[key] = std::move(given);
}

void Rest::forget_given(std::map<std::string, Given>::iterator place) {
  if (place == given_.end()) return;
  given_bytes_ -= place->second.response.body.size();
  given_.erase(place);
}

/// Of those that are answered.
void Rest::drop_oldest() {
  auto oldest = given_.end();
  for (auto one = given_.begin(); one != given_.end(); ++one) {
    if (one->second.response.body.empty()) continue;
    if (oldest == given_.end() || one->second.until < oldest->second.until) oldest = one;
  }
  forget_given(oldest);
}

/// Behind a proxy every request comes from it; it says last where it had it from.
std::string Rest::address_of(const HttpRequest& request) const {
  const std::string& chain = request.header("x-forwarded-for");
  if (!options_.behind_proxy || chain.empty()) return request.peer;
  const std::size_t comma = chain.rfind(',');
  const std::size_t begin =
      chain.find_first_not_of(' ', comma == std::string::npos ? 0 : comma + 1);
  return begin == std::string::npos ? request.peer : chain.substr(begin);
}

}  // namespace mbe
