// What stands around every answer: an id for the request, a count and a time for /metrics, a line
// in the log. Any thread.
#pragma once

#include <chrono>

#include "server/http.h"
#include "server/log.h"
#include "server/metrics.h"

namespace mbe {

class Watched {
 public:
  /// All must outlive it.
  Watched(HttpHandler handler, Metrics& metrics, Log& log)
      : handler_(std::move(handler)), metrics_(metrics), log_(log) {}

  /// The handler's answer, with `X-Request-Id`: the one that came, if it is 1 … 64 of letters,
  /// digits, `-`, `_` and `.`; else a new one.
  [[nodiscard]] HttpResponse answer(const HttpRequest& request) const;

 private:
  using Moment = std::chrono::steady_clock::time_point;
  void note(const HttpRequest& request, unsigned status, Moment begun) const;

  HttpHandler handler_;
  Metrics& metrics_;
  Log& log_;
};

}  // namespace mbe
