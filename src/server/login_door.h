// The REST door to logins: the first account, a forgotten password, in and out. None of it needs a
// credential but what it checks itself. Any thread.
#pragma once

#include "base/json.h"
#include "base/message.h"
#include "server/audit.h"
#include "server/auth.h"
#include "server/first_run.h"
#include "server/http.h"

namespace mbe {

/// The JSON Schema of what POST /login and /first_run take.
[[nodiscard]] Json login_arguments();
/// Of POST /reset.
[[nodiscard]] Json reset_arguments();

class LoginDoor {
 public:
  /// All must outlive it. first_run: null if the origin has an account.
  LoginDoor(People& people, const Auth& auth, Audit& audit, FirstRun* first_run)
      : people_(people), auth_(auth), audit_(audit), first_run_(first_run) {}

  /// POST /first_run, /login, /reset, /logout; nothing for another path. `address`: where the
  /// request comes from.
  [[nodiscard]] std::optional<HttpResponse> answer(const HttpRequest& request,
                                                   const std::string& address,
                                                   const Catalog& messages) const;

 private:
  /// A request, and how to speak with whoever sent it.
  struct Visit {
    const HttpRequest& request;
    const std::string& address;
    const Catalog& messages;
  };

  [[nodiscard]] HttpResponse begin(const Visit& visit) const;
  [[nodiscard]] HttpResponse reset(const Visit& visit) const;
  [[nodiscard]] HttpResponse log_in(const Visit& visit) const;
  [[nodiscard]] HttpResponse logged_in(const Visit& visit, const std::string& name,
                                       const std::string& password) const;
  [[nodiscard]] HttpResponse log_out(const Visit& visit) const;
  /// Of a password or a code; `denied`: the status where it is wrong.
  [[nodiscard]] HttpResponse refused(const Visit& visit, const Error& error, unsigned denied) const;

  People& people_;
  const Auth& auth_;
  Audit& audit_;
  FirstRun* first_run_;
};

}  // namespace mbe
