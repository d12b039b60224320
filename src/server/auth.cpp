#include "server/auth.h"

#include <sodium.h>

#include <algorithm>

#include "base/digest.h"

namespace mbe {

namespace {

/// `localhost:7700` and `[::1]:7700` without the port; nothing where more than a port follows.
std::string_view host_alone(std::string_view host) {
  const std::size_t end = host.starts_with('[') ? host.find(']') + 1 : host.find(':');
  const std::string_view rest = host.substr(std::min(end, host.size()));
  const bool is_port =
      rest.starts_with(':') && rest.find_first_not_of("0123456789", 1) == std::string_view::npos;
  return rest.empty() || is_port ? host.substr(0, end) : std::string_view();
}

std::string name_of(const HttpRequest& request) {
  return std::string(host_alone(request.header("host")));
}

/// Whether a page of that origin is ours: of the same host, and where that is encrypted, as it.
bool is_ours(std::string_view origin, std::string_view host, bool encrypted) {
  if (origin == "https://" + std::string(host)) return true;
  return !encrypted && origin == "http://" + std::string(host);
}

bool is_same(std::string_view one, std::string_view other) {
  return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace

Result<void> Auth::check_origin(const HttpRequest& request) const {
  if (request.is_local) return {};
  const std::string name = name_of(request);
  if (!is_this_machine(request) && !hosts_.contains(name)) {
    return fail(ErrorCode::denied, "this server is not `{}`; name it with --host-name", name);
  }
  const std::string& origin = request.header("origin");
  if (origin.empty() || is_ours(origin, request.header("host"), is_encrypted(request))) return {};
  return fail(ErrorCode::denied, "a page of `{}` may not call this server", origin);
}

bool Auth::is_this_machine(const HttpRequest& request) {
  const std::string name = name_of(request);
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

Result<std::optional<Principal>> Auth::principal(const HttpRequest& request) const {
  auto who = proven(request);
  if (who.ok() && who->has_value()) request.trace.account = (*who)->account;
  return who;
}

Result<std::optional<Principal>> Auth::proven(const HttpRequest& request) const {
  if (request.is_local) return std::optional(home_owner());
  if (const std::optional<std::string> key = shown_key(request)) return people_.by_key(*key);
  const std::string token = cookie(request, session_cookie);
  if (token.empty()) return std::optional<Principal>();
  // A page elsewhere can make the browser send the cookie: SameSite, and this, keep it out.
  const std::string& site = request.header("sec-fetch-site");
  const bool foreign = !site.empty() && site != "same-origin" && site != "none";
  if (foreign) return std::optional<Principal>();
  MBE_ASSIGN(std::optional<Principal> who, people_.by_session(token));
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!who || reads || is_same(request.header("x-csrf-token"), csrf_token(token))) return who;
  return fail(ErrorCode::denied,
              "this needs the page's token in X-CSRF-Token, as GET /api/session tells it: load the "
              "page again");
}

std::optional<std::string> shown_key(const HttpRequest& request) {
  const std::string& authorization = request.header("authorization");
  for (const std::string_view scheme : {"Bearer ", "Token "}) {
    if (authorization.starts_with(scheme)) return authorization.substr(scheme.size());
  }
  const std::string& key = request.header("x-api-key");
  return key.empty() ? std::nullopt : std::optional(key);
}

std::string csrf_token(std::string_view session) {
  return to_hex(view(sha256({"mbe csrf\n", session})));
}

std::string cookie(const HttpRequest& request, std::string_view name) {
  std::string_view rest = request.header("cookie");
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    const std::size_t equals = one.find('=');
    if (equals != std::string_view::npos && one.substr(0, equals) == name) {
      return std::string(one.substr(equals + 1));
    }
  }
  return "";
}

}  // namespace mbe
