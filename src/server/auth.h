// From a request to a principal: who calls, by a verified credential alone. Also turns away what a
// web page sends to a server on the same machine: a foreign Host or Origin.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "people/people.h"
#include "server/http.h"

namespace mbe {

class Auth {
 public:
  /// `hosts`: names under which the server may be addressed, beside those of this machine.
  /// behind_proxy: one with TLS stands before it.
  Auth(People& people, std::set<std::string> hosts, bool behind_proxy)
      : people_(people), hosts_(std::move(hosts)), behind_proxy_(behind_proxy) {}

  /// Errors: denied (a foreign Host or Origin).
  [[nodiscard]] Result<void> check_origin(const HttpRequest& request) const;
  /// The owner of the home on its Unix socket; else by shown_key() or the session's cookie.
  /// Nothing without a credential, or with one that is wrong or has ended. Errors: denied (by
  /// cookie, asks for more than reading, and does not send the session's csrf_token).
  [[nodiscard]] Result<std::optional<Principal>> principal(const HttpRequest& request) const;

  /// Whether the other side's browser speaks TLS.
  [[nodiscard]] bool is_encrypted(const HttpRequest& request) const {
    return request.is_tls || behind_proxy_;
  }
  /// Whether it names this machine by a name that every machine has.
  [[nodiscard]] static bool is_this_machine(const HttpRequest& request);

 private:
  [[nodiscard]] Result<std::optional<Principal>> proven(const HttpRequest& request) const;

  People& people_;
  std::set<std::string> hosts_;
  bool behind_proxy_;
};

/// The key that a request shows, right or wrong: `Authorization: Bearer KEY`; `Token KEY`, as
/// mem0's clients say it; `X-Api-Key: KEY`, as Anthropic's do. Nothing: no key, perhaps a cookie.
[[nodiscard]] std::optional<std::string> shown_key(const HttpRequest& request);

/// What a page sends in `X-CSRF-Token` with whatever changes something: bound to the session, told
/// to its own pages alone (login, GET /api/session). From it the session's cookie cannot be told.
[[nodiscard]] std::string csrf_token(std::string_view session);

/// The value of a cookie of the request; empty if there is none.
[[nodiscard]] std::string cookie(const HttpRequest& request, std::string_view name);

inline constexpr std::string_view session_cookie = "mbe_session";

}  // namespace mbe
