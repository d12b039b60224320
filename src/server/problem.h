// Errors as HTTP answers: RFC 9457 problem details, one table from ErrorCode to status
// and name. Any thread.
#pragma once

#include <string>

#include "base/json.h"
#include "base/message.h"
#include "server/http.h"

namespace mbe {

/// The HTTP status that stands for an error.
[[nodiscard]] unsigned http_status(ErrorCode code);
/// In the language of `messages`; with Retry-After where trying again helps.
[[nodiscard]] HttpResponse problem(const Catalog& messages, const Error& error);
/// The same with a status of HTTP's own, such as 401.
[[nodiscard]] HttpResponse problem(const Catalog& messages, unsigned status, const Error& error);
/// 405 with `Allow`.
[[nodiscard]] HttpResponse wrong_method(const Catalog& messages, const std::string& allowed);
/// 401: nobody is told anything without a credential.
[[nodiscard]] HttpResponse needs_credential(const Catalog& messages);
/// A JSON body.
[[nodiscard]] HttpResponse json_response(const Json& body, unsigned status = 200);

}  // namespace mbe
