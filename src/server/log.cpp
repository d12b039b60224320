#include "server/log.h"

#include "base/datetime.h"

namespace mbe {

namespace {

constexpr std::string_view level_names[] = {"info", "warn", "error"};

}  // namespace

void Log::write(LogLevel level, std::string_view event, const Json& fields) {
  if (!sink_ || level < least_) return;
  Json line = {{"time", format_time(clock_.now_ms())},
               {"level", level_names[static_cast<std::size_t>(level)]},
               {"event", event}};
  line.update(fields);
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  const std::lock_guard lock(mutex_);
  sink_(text);
}

}  // namespace mbe
