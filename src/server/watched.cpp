#include "server/watched.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "base/random.h"

namespace mbe {

namespace {

constexpr std::size_t id_bytes = 10;
constexpr std::size_t id_characters_max = 64;
constexpr unsigned failed_status = 500;

bool is_id(const std::string& given) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !given.empty() && given.size() <= id_characters_max && std::ranges::all_of(given, fits);
}

LogLevel level_of(unsigned status) {
  if (status >= 500 && status != 503) return LogLevel::error;
  const bool refused = status == 401 || status == 403 || status == 429 || status == 503;
  return refused ? LogLevel::warn : LogLevel::info;
}

}  // namespace

HttpResponse Watched::answer(const HttpRequest& request) const {
  const auto begun = std::chrono::steady_clock::now();
  const std::string& given = request.header("x-request-id");
  request.trace.id = is_id(given) ? given : to_base32(random_bytes(id_bytes));
  try {
    HttpResponse out = handler_(request);
    note(request, out.status, begun);
    out.headers.emplace_back("X-Request-Id", request.trace.id);
    return out;
  } catch (const std::exception&) {  // the server answers it; what it says may hold a text
    note(request, failed_status, begun);
    throw;
  }
}

void Watched::note(const HttpRequest& request, unsigned status, Moment begun) const {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begun);
  const std::string operation = operation_label(request.path);
  metrics_.count(operation, status, took);
  const double ms = std::round(static_cast<double>(took.count()) / 100) / 10;
  log_.write(level_of(status), "request",
             {{"request", request.trace.id},
              {"operation", operation},
              {"status", status},
              {"ms", ms},
              {"account", request.trace.account},
              {"local", request.is_local}});
}

}  // namespace mbe
