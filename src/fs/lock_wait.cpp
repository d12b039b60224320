#include "fs/lock_wait.h"

#include <algorithm>
#include <thread>

namespace mbe {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::microseconds pause_least{50};
constexpr std::chrono::microseconds pause_most{1'000};
constexpr std::chrono::milliseconds grace{1'000};
constexpr std::chrono::milliseconds stalled{100};
constexpr int asked_most = 10;
constexpr std::uint64_t size_most = 4'096;

}  // namespace

Result<bool> LockWait::lock(File& file, unsigned number) {
  for (auto pause = pause_least;; pause = std::min(2 * pause, pause_most)) {
    MBE_ASSIGN(const bool mine, file.try_lock(number));
    if (mine) return true;
    if (steady_clock::now() >= until_) {
      if (is_last_) return false;
      MBE_TRY(ask_disk(file));
    }
    std::this_thread::sleep_for(pause);
  }
}

Result<void> LockWait::ask_disk(File& file) {
  const auto begun = steady_clock::now();
  // The file grows, as a log does: what only overwrites a byte need not wait for the journal of the
  // file system, which is what most often stands still.
  MBE_ASSIGN(const std::uint64_t size, file.size());
  if (size >= size_most) MBE_TRY(file.truncate(0));
  MBE_TRY(file.write(size >= size_most ? 0 : size, "."));
  MBE_TRY(file.sync_data());
  const auto now = steady_clock::now();
  const bool stood_still = now - begun >= stalled && ++asked_ < asked_most;
  is_last_ = !stood_still;
  until_ = now + (stood_still ? std::max(wait_, grace) : std::min(wait_, grace));
  return {};
}

}  // namespace mbe
