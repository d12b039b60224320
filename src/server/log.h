// The server's log: one JSON object a line - time, level, event, and what belongs to it. Ids and
// numbers alone: whoever writes a line gives no text of anybody's, no secret and no name.
// Any thread.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"

namespace mbe {

enum class LogLevel : std::uint8_t { info, warn, error };

class Log {
 public:
  /// Takes a line with its line break; called by one thread at a time.
  using Sink = std::function<void(const std::string& line)>;

  /// Lines below `least` are dropped; without a sink, all.
  explicit Log(Sink sink = {}, LogLevel least = LogLevel::info, const Clock& clock = system_clock())
      : sink_(std::move(sink)), least_(least), clock_(clock) {}

  /// `fields`: an object.
  void write(LogLevel level, std::string_view event, const Json& fields);

 private:
  Sink sink_;
  LogLevel least_;
  const Clock& clock_;
  std::mutex mutex_;  ///< of the sink
};

}  // namespace mbe
