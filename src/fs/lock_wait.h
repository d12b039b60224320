// Waiting for a lock of a file that another process holds: for a while, longer if it is the disk
// that stands still, but not for ever on one that holds it without working.
#pragma once

#include <chrono>
#include <cstdint>

#include "fs/file_system.h"

namespace mbe {

class LockWait {
 public:
  /// The wait begins now; several locks may be taken within one.
  explicit LockWait(std::uint32_t wait_ms)
      : wait_(wait_ms), until_(std::chrono::steady_clock::now() + wait_) {}

  /// Tries until the lock is taken; false when the wait is over. At its end the disk is asked: a
  /// byte is added to the lock's file and synced. Whoever holds the lock waited for the disk just
  /// as long, so there is a second more; and where the disk took a tenth of a second, the wait
  /// begins anew, at most ten times. Errors: io.
  [[nodiscard]] Result<bool> lock(File& file, unsigned number);

 private:
  [[nodiscard]] Result<void> ask_disk(File& file);

  std::chrono::milliseconds wait_;
  std::chrono::steady_clock::time_point until_;
  int asked_ = 0;
  bool is_last_ = false;
};

}  // namespace mbe
