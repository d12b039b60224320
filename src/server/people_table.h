// The operations on the people of a home - accounts, keys, grants, sessions - as one table: what
// each takes, gives and refuses, and whether it is for the origin alone. The REST door
// (people_door.h), its OpenAPI description and the command line read it. Immutable; `run` may be
// called from any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "operations/fields.h"
#include "people/people.h"
#include "server/audit.h"

namespace mbe {

/// On whose behalf, and from where.
struct PeopleCall {
  People& people;
  const Principal& who;
  Audit& audit;
  std::string door;     ///< as in Audit
  std::string address;  ///< failed passwords are counted by it
  std::string session;  ///< id of the login it came with; empty: it came otherwise
  const Clock& clock = system_clock();
};

struct PeopleOperation {
  std::string name;  ///< below /api/, such as people/add
  std::string summary;
  std::vector<std::string> told = {};  ///< members that its audit record has
  bool reads = false;                  ///< GET rather than POST
  bool is_for_owners = false;          ///< also for whoever's account it is; `run` looks whose
  bool takes_password = false;         ///< busy means too many failed ones
  std::vector<ErrorCode> errors = {};  ///< besides io, denied, and invalid_argument for arguments
  Json arguments = {};                 ///< JSON Schema
  Json result = {};                    ///< JSON Schema
  std::function<Result<Json>(PeopleCall&, const Json& arguments)> run = {};
};

/// All of them.
[[nodiscard]] const std::vector<PeopleOperation>& people_operations();
/// Null if there is none of that name.
[[nodiscard]] const PeopleOperation* find_people_operation(std::string_view name);
/// Asks whether `call.who` may, runs it, and records what it changed. Errors: denied, those of the
/// operation.
[[nodiscard]] Result<Json> run_people(const PeopleOperation& operation, PeopleCall& call,
                                      const Json& arguments);

}  // namespace mbe
