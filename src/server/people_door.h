// The REST door to the people of a home: who one is (GET /api/session), and every operation of
// people_table.h under /api/NAME - those that read by GET with
// their arguments in the query, the others by POST with a JSON body.
// Any thread.
#pragma once

#include "base/message.h"
#include "server/auth.h"
#include "server/first_run.h"
#include "server/http.h"
#include "server/people_table.h"

namespace mbe {

class PeopleDoor {
 public:
  /// All must outlive it.
  PeopleDoor(People& people, const Auth& auth, Audit& audit)
      : people_(people), auth_(auth), audit_(audit) {}

  /// {"account": {"name", "role"} or null, "first_run": whether there is no origin yet, "csrf": see
  /// csrf_token, null without a login}, and until there is one, where the manifests name it,
  /// "origin": NAME. `first_run`: null if there is one.
  [[nodiscard]] HttpResponse session(const HttpRequest& request, const Catalog& messages,
                                     const FirstRun* first_run) const;
  /// `address`: where the request comes from.
  [[nodiscard]] HttpResponse answer(const PeopleOperation& operation, const HttpRequest& request,
                                    const std::string& address, const Catalog& messages) const;

 private:
  People& people_;
  const Auth& auth_;
  Audit& audit_;
};

/// As in Audit: socket, key or login.
[[nodiscard]] std::string door_of(const HttpRequest& request);
/// Null if there is none at the path.
[[nodiscard]] const PeopleOperation* people_operation_at(std::string_view path);

}  // namespace mbe
