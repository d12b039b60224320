// How far a derived index follows its chain's log: every block up to and including `sequence` is in
// it. The hash ties it to that very chain; a mismatch with the log means rebuild.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace mbe {

struct Watermark {
  std::uint64_t sequence = 0;
  Bytes32 hash{};  ///< hash of the block at `sequence`
  auto operator<=>(const Watermark&) const = default;
};

}  // namespace mbe
