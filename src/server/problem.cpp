#include "server/problem.h"

#include <array>

namespace mbe {

namespace {

/// By the order of ErrorCode.
constexpr std::array<unsigned, 8> statuses = {400, 404, 400, 503, 403, 503, 500, 500};

}  // namespace

unsigned http_status(ErrorCode code) {
  return statuses[static_cast<std::size_t>(code)];
}

HttpResponse problem(const Catalog& messages, const Error& error) {
  return problem(messages, http_status(error.code()), error);
}

HttpResponse problem(const Catalog& messages, unsigned status, const Error& error) {
  HttpResponse out = json_response({{"title", error_name(error.code())},
                                    {"status", status},
                                    {"detail", messages.text(error)},
                                    {"code", error_name(error.code())}},
                                   status);
  out.content_type = "application/problem+json";
  const bool passes = error.code() == ErrorCode::busy || error.code() == ErrorCode::unavailable;
  if (passes) out.headers.emplace_back("Retry-After", "1");
  if (status == 401) out.headers.emplace_back("WWW-Authenticate", "Bearer");
  return out;
}

HttpResponse wrong_method(const Catalog& messages, const std::string& allowed) {
  HttpResponse out = problem(
      messages, 405, fail(ErrorCode::invalid_argument, "this path takes {} alone", allowed));
  out.headers.emplace_back("Allow", allowed);
  return out;
}

HttpResponse needs_credential(const Catalog& messages) {
  return problem(messages, 401,
                 fail(ErrorCode::denied, "give a key: `Authorization: Bearer mbe_…`"));
}

HttpResponse json_response(const Json& body, unsigned status) {
  // What is in memory is UTF-8; were it not, the answer must still be JSON.
  return {status, body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace mbe
