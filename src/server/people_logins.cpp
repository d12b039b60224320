#include <algorithm>

#include "base/datetime.h"
#include "server/people_parts.h"

namespace mbe {

namespace {

constexpr double records_max = 1'000;

PeopleOperation list_sessions() {
  const Json session = object_shape({{"id", text_shape()},
                                     {"account", text_shape()},
                                     {"created", text_shape()},
                                     {"seen", text_shape()},
                                     {"is_this", flag_shape()}});
  return made({.name = "sessions",
               .summary = "one's logins; to the origin, all",
               .reads = true,
               .is_for_owners = true},
              Fields<NoArguments>(), object_shape({{"sessions", list_shape(session)}}),
              [](PeopleCall& call, const NoArguments&) -> Result<Json> {
                MBE_TRY(check_looks_after(call.who, call.who.name));
                MBE_ASSIGN(const std::vector<SessionView> sessions, call.people.sessions());
                Json all = Json::array();
                for (const SessionView& one : sessions) {
                  if (!check_looks_after(call.who, one.account).ok()) continue;
                  all.push_back({{"id", one.id},
                                 {"account", one.account},
                                 {"created", format_time(one.created_ms)},
                                 {"seen", format_time(one.seen_ms)},
                                 {"is_this", one.id == call.session}});
                }
                return Json{{"sessions", std::move(all)}};
              });
}

PeopleOperation end_session() {
  return made({.name = "sessions/end",
               .summary = "end a login",
               .told = {"id"},
               .is_for_owners = true,
               .errors = {ErrorCode::not_found}},
              id_field("as listed"), done_shape(),
              [](PeopleCall& call, const IdRequest& request) -> Result<Json> {
                MBE_TRY(check_looks_after(call.who, call.who.name));
                MBE_ASSIGN(const std::vector<SessionView> all, call.people.sessions());
                const auto found = std::ranges::find(all, request.id, &SessionView::id);
                // Another's is told from none by nobody who may not end it.
                if (found == all.end() || !check_looks_after(call.who, found->account).ok()) {
                  return fail(ErrorCode::not_found, "there is no session {}", request.id);
                }
                MBE_TRY(call.people.end_session(request.id));
                return done();
              });
}

struct AuditRequest {
  std::uint64_t before = json_integer_max;
  std::size_t limit = 100;
};

PeopleOperation audit() {
  Fields<AuditRequest> fields;
  fields.add("before", &AuditRequest::before, "only records below this index: `next` of the last")
      .add("limit", &AuditRequest::limit, "at most this many",
           {.min = 1, .max = records_max, .choices = {}});
  const Json about = {{"type", "object"}};  // by the event
  const Json record = object_shape({{"index", count_shape()},
                                    {"time", text_shape()},
                                    {"event", text_shape()},
                                    {"account", text_shape()},
                                    {"door", text_shape()},
                                    {"about", about}});
  return made(
      {.name = "audit",
       .summary = "logins, changes of people and keys, what was forgotten; newest first",
       .reads = true},
      fields,
      object_shape({{"records", list_shape(record)}, {"next", or_null_shape(count_shape())}}),
      [](PeopleCall& call, const AuditRequest& request) -> Result<Json> {
        return call.audit.list(request.before, request.limit);
      });
}

}  // namespace

std::vector<PeopleOperation> login_operations() {
  return {list_sessions(), end_session(), audit()};
}

}  // namespace mbe
