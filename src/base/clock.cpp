#include "base/clock.h"

#include <chrono>

namespace mbe {

namespace {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimeMs now_ms() const override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace mbe
