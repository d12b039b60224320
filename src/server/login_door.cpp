#include "server/login_door.h"

#include <map>

#include "operations/fields.h"
#include "server/problem.h"
#include "server/rest.h"

namespace mbe {

namespace {

struct Credentials {
  std::string name, password, code;
};

/// Of /login and /first_run; `code` is for the first run alone.
const Fields<Credentials>& login_fields() {
  static const Fields<Credentials> fields = [] {
    Fields<Credentials> out;
    out.add("name", &Credentials::name, "the account").required();
    out.add("password", &Credentials::password, "its password").required();
    out.add("code", &Credentials::code, "from the server's terminal");
    return out;
  }();
  return fields;
}

const Fields<Credentials>& reset_fields() {
  static const Fields<Credentials> fields = [] {
    Fields<Credentials> out;
    out.add("code", &Credentials::code, "from `mbe people reset-code`").required();
    out.add("password", &Credentials::password, "the new one").required();
    return out;
  }();
  return fields;
}

/// Of a body that has exactly what `fields` say.
Result<Credentials> read_credentials(const std::string& body, const Fields<Credentials>& fields) {
  MBE_ASSIGN(const Json json, read_json(body));
  return fields.read(json);
}

/// For a record: whoever has shown that the account is theirs.
Principal named(const std::string& name) {
  Principal out;
  out.name = name;
  return out;
}

/// To the whole site, from its own pages alone, and not to their scripts.
std::string set_cookie(const std::string& value, bool encrypted) {
  return std::string(session_cookie) + "=" + value + "; Path=/; HttpOnly; SameSite=Strict" +
         (encrypted ? "; Secure" : "");
}

}  // namespace

Json login_arguments() {
  return object_schema(login_fields().arguments());
}

Json reset_arguments() {
  return object_schema(reset_fields().arguments());
}

std::optional<HttpResponse> LoginDoor::answer(const HttpRequest& request,
                                              const std::string& address,
                                              const Catalog& messages) const {
  using Answer = HttpResponse (LoginDoor::*)(const Visit&) const;
  static const std::map<std::string, Answer, std::less<>> answers = {
      {"/first_run", &LoginDoor::begin},
      {"/login", &LoginDoor::log_in},
      {"/reset", &LoginDoor::reset},
      {"/logout", &LoginDoor::log_out}};
  const auto found = answers.find(request.path);
  if (found == answers.end()) return std::nullopt;
  // Under /login the page has an address too.
  const char* methods = request.path == "/login" ? "GET, POST" : "POST";
  if (request.method != "POST") return wrong_method(messages, methods);
  return (this->*found->second)({request, address, messages});
}

HttpResponse LoginDoor::begin(const Visit& visit) const {
  const auto given = read_credentials(visit.request.body, login_fields());
  if (!given.ok()) return problem(visit.messages, given.error());
  if (first_run_ == nullptr) {
    return problem(visit.messages,
                   fail(ErrorCode::denied, "this home has its origin already; log in"));
  }
  const auto made = first_run_->create(given->code, given->name, given->password);
  if (!made.ok()) return refused(visit, made.error(), http_status(made.error().code()));
  audit_.note("first_run", named(given->name), "login", Json::object());
  return logged_in(visit, given->name, given->password);
}

HttpResponse LoginDoor::reset(const Visit& visit) const {
  const auto given = read_credentials(visit.request.body, reset_fields());
  if (!given.ok()) return problem(visit.messages, given.error());
  const auto name = people_.reset_password(given->code, given->password, visit.address);
  if (!name.ok()) return refused(visit, name.error(), http_status(name.error().code()));
  audit_.note("reset", named(*name), "login", Json::object());
  return logged_in(visit, *name, given->password);
}

HttpResponse LoginDoor::log_in(const Visit& visit) const {
  const auto given = read_credentials(visit.request.body, login_fields());
  if (!given.ok()) return problem(visit.messages, given.error());
  return logged_in(visit, given->name, given->password);
}

HttpResponse LoginDoor::logged_in(const Visit& visit, const std::string& name,
                                  const std::string& password) const {
  const auto login = people_.log_in(name, password, visit.address);
  if (!login.ok()) return refused(visit, login.error(), 401);
  // A login takes the place of the one before in the same browser.
  if (const std::string before = cookie(visit.request, session_cookie); !before.empty()) {
    const auto ended = people_.log_out(before);
    if (!ended.ok()) return problem(visit.messages, ended.error());
  }
  audit_.note("login", login->principal, "login", {{"session", People::session_id(login->token)}});
  HttpResponse out = json_response({{"name", login->principal.name},
                                    {"role", role_name(login->principal.role)},
                                    {"csrf", csrf_token(login->token)}});
  out.headers.emplace_back("Set-Cookie",
                           set_cookie(login->token, auth_.is_encrypted(visit.request)));
  return out;
}

HttpResponse LoginDoor::refused(const Visit& visit, const Error& error, unsigned denied) const {
  const bool guessed = error.code() == ErrorCode::denied;
  const bool waits = error.code() == ErrorCode::busy;
  if (guessed || waits) audit_.note_refused();
  const unsigned status = guessed ? denied : waits ? 429 : http_status(error.code());
  return problem(visit.messages, status, error);
}

HttpResponse LoginDoor::log_out(const Visit& visit) const {
  const HttpRequest& request = visit.request;
  const auto who = auth_.principal(request);
  if (!who.ok()) return problem(visit.messages, who.error());
  if (who->has_value()) {
    const auto ended = people_.log_out(cookie(request, session_cookie));
    if (!ended.ok()) return problem(visit.messages, ended.error());
  }
  HttpResponse out = json_response({{"done", true}});
  out.headers.emplace_back("Set-Cookie",
                           set_cookie("", auth_.is_encrypted(request)) + "; Max-Age=0");
  return out;
}

}  // namespace mbe
