#include "server/rest.h"

#include "base/digest.h"
#include "base/utf8.h"
#include "server/pages.h"
#include "server/problem.h"

namespace mbe {

namespace {

constexpr int json_depth_max = 64;
constexpr auto given_for = std::chrono::hours(24);
constexpr std::size_t given_max = 10'000;
constexpr std::size_t given_bytes_max = 65'536;
constexpr std::size_t key_bytes_max = 255;
constexpr std::string_view operations_path = "/v1/";

Right right_of(Effect effect) {
  constexpr Right rights[] = {Right::read, Right::write, Right::erase};
  return rights[static_cast<std::size_t>(effect)];
}

struct Credentials {
  std::string name, password, code;
};

/// Of a body that has exactly what `fields` say.
Result<Credentials> read_credentials(const std::string& body, const Fields<Credentials>& fields) {
  MBE_ASSIGN(const Json json, read_json(body));
  return fields.read(json);
}

/// `code` is for the first run alone.
Result<Credentials> read_credentials(const std::string& body) {
  static const Fields<Credentials> fields = [] {
    Fields<Credentials> out;
    out.add("name", &Credentials::name, "the account").required();
    out.add("password", &Credentials::password, "its password").required();
    out.add("code", &Credentials::code, "from the server's terminal");
    return out;
  }();
  return read_credentials(body, fields);
}

Result<Credentials> read_reset(const std::string& body) {
  static const Fields<Credentials> fields = [] {
    Fields<Credentials> out;
    out.add("code", &Credentials::code, "from `mbe people reset-code`").required();
    out.add("password", &Credentials::password, "the new one").required();
    return out;
  }();
  return read_credentials(body, fields);
}

/// For a record: whoever has shown that the account is theirs.
Principal named(const std::string& name) {
  Principal out;
  out.name = name;
  return out;
}

}  // namespace

Result<Json> read_json(const std::string& text) {
  if (first_invalid_utf8(text)) {
    return fail(ErrorCode::invalid_argument, "the body is not UTF-8");
  }
  bool deep = false;
  const auto shallow = [&deep](int depth, Json::parse_event_t, Json&) {
    deep = deep || depth > json_depth_max;
    return !deep;
  };
  Json out = Json::parse(text, shallow, false);
  if (deep) {
    return fail(ErrorCode::invalid_argument, "the JSON is nested deeper than {}", json_depth_max);
  }
  if (out.is_discarded()) return fail(ErrorCode::invalid_argument, "the body is not JSON");
  return out;
}

Rest::Rest(RestOptions options)
    : options_(std::move(options)),
      auth_(options_.people, options_.hosts),
      audit_(options_.engine, options_.log == nullptr ? no_log_ : *options_.log, options_.clock),
      people_door_(options_.people, auth_, audit_),
      openapi_(openapi(options_.version).dump(1)) {}

const Catalog& Rest::messages_for(const HttpRequest& request) const {
  return request.header("accept-language").starts_with("ko") ? options_.korean : options_.english;
}

HttpResponse Rest::answer(const HttpRequest& request) {
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
  if (request.path == "/first_run") {
    return request.method == "POST" ? begin(request) : wrong_method(messages, "POST");
  }
  if (request.path == "/login") {
    return request.method == "POST" ? log_in(request) : wrong_method(messages, "POST");
  }
  if (request.path == "/reset") {
    return request.method == "POST" ? reset(request) : wrong_method(messages, "POST");
  }
  if (request.path == "/logout") {
    return request.method == "POST" ? log_out(request) : wrong_method(messages, "POST");
  }
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
  if (const auto allowed = check_access(**who, chain, right_of(operation->effect)); !allowed.ok()) {
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
  Call call{.engine = options_.engine,
            .chain = chain,
            .messages = messages,
            .channel = request.is_local ? "cli" : "rest",
            .writer = who.name,
            .trust = who.trust()};
  if (operation.on_chain) {
    const bool makes = operation.effect == Effect::write || chain == who.own_chain();
    const auto memory = options_.engine.chain(chain, makes);
    if (!memory.ok()) return problem(messages, memory.error());
    call.memory = *memory;
  }
  const Result<Json> result = operation.run(call, *arguments);
  if (result.ok() && operation.effect == Effect::erase) {
    const Json about = {{"chain", chain}, {"count", (*result)["count"]}};
    audit_.note(operation.name, who, door_of(request), about);
  }
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
    given_[key] = {body, {}, *erasures, now + given_for};
  }
  HttpResponse out = run();
  const std::lock_guard lock(mutex_);
  // What failed may be tried again, and what is large is not worth its memory.
  const bool keep = out.status < 300 && out.body.size() <= given_bytes_max;
  if (const auto place = given_.find(key); place != given_.end()) {
    if (keep) {
      place->second.response = out;
    } else {
      given_.erase(place);
    }
  }
  return out;
}

/// Of those that are answered.
void Rest::drop_oldest() {
  auto oldest = given_.end();
  for (auto one = given_.begin(); one != given_.end(); ++one) {
    if (one->second.response.body.empty()) continue;
    if (oldest == given_.end() || one->second.until < oldest->second.until) oldest = one;
  }
  if (oldest != given_.end()) given_.erase(oldest);
}

HttpResponse Rest::begin(const HttpRequest& request) {
  const Catalog& messages = messages_for(request);
  const auto given = read_credentials(request.body);
  if (!given.ok()) return problem(messages, given.error());
  if (options_.first_run == nullptr) {
    return problem(messages, fail(ErrorCode::denied, "this home has its origin already; log in"));
  }
  const auto made = options_.first_run->create(given->code, given->name, given->password);
  if (!made.ok()) return refused(request, made.error(), http_status(made.error().code()));
  audit_.note("first_run", named(given->name), "login", Json::object());
  return logged_in(request, given->name, given->password);
}

HttpResponse Rest::reset(const HttpRequest& request) {
  const auto given = read_reset(request.body);
  if (!given.ok()) return problem(messages_for(request), given.error());
  const std::string address = address_of(request);
  const auto name = options_.people.reset_password(given->code, given->password, address);
  if (!name.ok()) return refused(request, name.error(), http_status(name.error().code()));
  audit_.note("reset", named(*name), "login", Json::object());
  return logged_in(request, *name, given->password);
}

HttpResponse Rest::log_in(const HttpRequest& request) {
  const auto given = read_credentials(request.body);
  if (!given.ok()) return problem(messages_for(request), given.error());
  return logged_in(request, given->name, given->password);
}

HttpResponse Rest::logged_in(const HttpRequest& request, const std::string& name,
                             const std::string& password) {
  const auto login = options_.people.log_in(name, password, address_of(request));
  if (!login.ok()) return refused(request, login.error(), 401);
  audit_.note("login", login->principal, "login", {{"session", People::session_id(login->token)}});
  HttpResponse out =
      json_response({{"name", login->principal.name}, {"role", role_name(login->principal.role)}});
  out.headers.emplace_back("Set-Cookie", std::string(session_cookie) + "=" + login->token +
                                             "; Path=/; HttpOnly; SameSite=Strict" +
                                             (options_.behind_proxy ? "; Secure" : ""));
  return out;
}

HttpResponse Rest::refused(const HttpRequest& request, const Error& error, unsigned denied) {
  const bool guessed = error.code() == ErrorCode::denied;
  const bool waits = error.code() == ErrorCode::busy;
  if (guessed || waits) audit_.note_refused();
  const unsigned status = guessed ? denied : waits ? 429 : http_status(error.code());
  return problem(messages_for(request), status, error);
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

HttpResponse Rest::log_out(const HttpRequest& request) {
  const auto ended = options_.people.log_out(cookie(request, session_cookie));
  if (!ended.ok()) return problem(messages_for(request), ended.error());
  HttpResponse out = json_response({{"done", true}});
  out.headers.emplace_back("Set-Cookie", std::string(session_cookie) +
                                             "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
  return out;
}

}  // namespace mbe
