#include "server/people_door.h"

#include <algorithm>
#include <charconv>

#include "operations/read_json.h"
#include "server/problem.h"

namespace mbe {

namespace {

constexpr std::string_view people_path = "/api/";

/// A query has texts alone: one that stands for a whole number becomes that.
Json query_value(const PeopleOperation& operation, const std::string& name,
                 const std::string& text) {
  const Json& properties = operation.arguments["properties"];
  if (!properties.contains(name)) return text;
  const Json& type = properties[name]["type"];  // ["integer", "null"] where it may be left out
  const bool is_number = std::ranges::find(type, "integer") != type.end();
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, number);
  return is_number && failed == std::errc() && stop == end ? Json(number) : Json(text);
}

/// The arguments of a request: the query's where it only reads, else the body's.
Result<Json> arguments_of(const PeopleOperation& operation, const HttpRequest& request) {
  if (!operation.reads && !request.body.empty()) return read_json(request.body);
  Json out = Json::object();
  if (!operation.reads) return out;
  for (const auto& [name, text] : request.query) out[name] = query_value(operation, name, text);
  return out;
}

HttpResponse refused(const PeopleOperation& operation, const Error& error,
                     const Catalog& messages) {
  const bool waits = operation.takes_password && error.code() == ErrorCode::busy;
  return problem(messages, waits ? 429 : http_status(error.code()), error);
}

}  // namespace

std::string door_of(const HttpRequest& request) {
  if (request.is_local) return "socket";
  return shown_key(request) ? "key" : "login";
}

const PeopleOperation* people_operation_at(std::string_view path) {
  if (!path.starts_with(people_path)) return nullptr;
  return find_people_operation(path.substr(people_path.size()));
}

HttpResponse PeopleDoor::session(const HttpRequest& request, const Catalog& messages,
                                 const FirstRun* first_run) const {
  const auto who = auth_.principal(request);
  if (!who.ok()) return problem(messages, who.error());
  const auto accounts = people_.accounts();
  if (!accounts.ok()) return problem(messages, accounts.error());
  Json account;
  if (who->has_value()) {
    account = {{"name", (*who)->name}, {"role", role_name((*who)->role)}};
  }
  const auto origin = std::ranges::find(*accounts, Role::origin, &Account::role);
  const bool waits = origin == accounts->end();
  Json out = {{"account", account}, {"first_run", waits}, {"csrf", nullptr}};
  const bool by_cookie = who->has_value() && door_of(request) == "login";
  if (by_cookie) out["csrf"] = csrf_token(cookie(request, session_cookie));
  if (waits && first_run != nullptr) {
    // A manifest that cannot be read is told to whoever knows the code.
    const auto name = first_run->wanted_name();
    if (name.ok() && !name->empty()) out["origin"] = *name;
  }
  HttpResponse answer = json_response(out);
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

HttpResponse PeopleDoor::answer(const PeopleOperation& operation, const HttpRequest& request,
                                const std::string& address, const Catalog& messages) const {
  const auto who = auth_.principal(request);
  if (!who.ok()) return problem(messages, who.error());
  if (!who->has_value()) return needs_credential(messages);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (operation.reads != reads || (!reads && request.method != "POST")) {
    return wrong_method(messages, operation.reads ? "GET" : "POST");
  }
  const auto arguments = arguments_of(operation, request);
  if (!arguments.ok()) return problem(messages, arguments.error());
  PeopleCall call{.people = people_,
                  .who = **who,
                  .audit = audit_,
                  .door = door_of(request),
                  .address = address,
                  .session = {}};
  if (const std::string token = cookie(request, session_cookie); !token.empty()) {
    call.session = People::session_id(token);
  }
  const Result<Json> result = run_people(operation, call, *arguments);
  if (!result.ok()) return refused(operation, result.error(), messages);
  HttpResponse out = json_response(*result);
  out.headers.emplace_back("Cache-Control", "no-store");  // a new key is told once, here
  return out;
}

}  // namespace mbe
