// What the files of the people table share: how an operation is put together, and the arguments and
// results that several have. Pure values.
#pragma once

#include "operations/common_fields.h"
#include "operations/shapes.h"
#include "server/people_table.h"

namespace mbe {

inline constexpr double account_bytes_max = 64;

/// Completes `about` by its arguments, result and action: Result<Json>(PeopleCall&, Request).
template <class Request, class Run>
[[nodiscard]] PeopleOperation made(PeopleOperation about, Fields<Request> fields, Json result,
                                   const Run& run) {
  about.arguments = object_schema(fields.arguments());
  about.result = std::move(result);
  about.run = [fields = std::move(fields), run](PeopleCall& call,
                                                const Json& given) -> Result<Json> {
    MBE_ASSIGN(const Request request, fields.read(given));
    return run(call, request);
  };
  return about;
}

/// 1 byte up to that many.
[[nodiscard]] inline Bounds text_to(double bytes) {
  return {.min = 1, .max = bytes, .choices = {}};
}

/// The answer of what only does something.
[[nodiscard]] inline Json done() {
  return {{"done", true}};
}

/// See above.
[[nodiscard]] inline Json done_shape() {
  return object_shape({{"done", flag_shape()}});
}

/// One that takes an id alone.
struct IdRequest {
  std::string id;
};

/// `id`, required.
[[nodiscard]] inline Fields<IdRequest> id_field(const std::string& meaning) {
  Fields<IdRequest> fields;
  fields.add("id", &IdRequest::id, meaning, text_to(account_bytes_max)).required();
  return fields;
}

/// Sessions, and the record of what was done.
[[nodiscard]] std::vector<PeopleOperation> login_operations();

}  // namespace mbe
