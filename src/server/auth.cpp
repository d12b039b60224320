#include "server/auth.h"

#include <algorithm>

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

std::string_view without_scheme(std::string_view origin) {
  const std::size_t slashes = origin.find("://");
  return slashes == std::string_view::npos ? origin : origin.substr(slashes + 3);
}

}  // namespace

Result<void> Auth::check_origin(const HttpRequest& request) const {
  if (request.is_local) return {};
  const std::string& host = request.header("host");
  const std::string name(host_alone(host));
  const bool ours =
      name == "localhost" || name == "127.0.0.1" || name == "[::1]" || hosts_.contains(name);
  if (!ours) {
    return fail(ErrorCode::denied, "this server is not `{}`; name it with --host-name", name);
  }
  const std::string& origin = request.header("origin");
  if (origin.empty() || without_scheme(origin) == host) return {};
  return fail(ErrorCode::denied, "a page of `{}` may not call this server", origin);
}

Result<std::optional<Principal>> Auth::principal(const HttpRequest& request) const {
  auto who = proven(request);
  if (who.ok() && who->has_value()) request.trace.account = (*who)->account;
  return who;
}

Result<std::optional<Principal>> Auth::proven(const HttpRequest& request) const {
  if (request.is_local) return std::optional(home_owner());
  constexpr std::string_view bearer = "Bearer ";
  const std::string& authorization = request.header("authorization");
  if (authorization.starts_with(bearer)) return people_.by_key(authorization.substr(bearer.size()));
  const std::string token = cookie(request, session_cookie);
  if (token.empty()) return std::optional<Principal>();
  // A page elsewhere can make the browser send the cookie: SameSite, and this, keep it out.
  const std::string& site = request.header("sec-fetch-site");
  const bool foreign = !site.empty() && site != "same-origin" && site != "none";
  if (foreign) return std::optional<Principal>();
  return people_.by_session(token);
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
