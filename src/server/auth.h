// From a request to a principal: who calls, by a verified credential alone. Also turns away what a
// web page sends to a server on the same machine: a foreign Host or Origin.
#pragma once

#include <set>
#include <string>

#include "people/people.h"
#include "server/http.h"

namespace mbe {

class Auth {
 public:
  /// `hosts`: names under which the server may be addressed, beside those of this machine.
  Auth(People& people, std::set<std::string> hosts) : people_(people), hosts_(std::move(hosts)) {}

  /// Errors: denied (a foreign Host or Origin).
  [[nodiscard]] Result<void> check_origin(const HttpRequest& request) const;
  /// The owner of the home on its Unix socket; else by `Authorization: Bearer KEY` or the session's
  /// cookie. Nothing without a credential, or with one that is wrong or has ended.
  [[nodiscard]] Result<std::optional<Principal>> principal(const HttpRequest& request) const;

 private:
  [[nodiscard]] Result<std::optional<Principal>> proven(const HttpRequest& request) const;

  People& people_;
  std::set<std::string> hosts_;
};

/// The value of a cookie of the request; empty if there is none.
[[nodiscard]] std::string cookie(const HttpRequest& request, std::string_view name);

inline constexpr std::string_view session_cookie = "mbe_session";

}  // namespace mbe
