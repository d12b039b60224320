// The protocol over two file descriptors: a message a line, in both directions. Requests are
// answered several at a time, so that a long one holds up no other; a cancelled one gets no answer.
// Returns when the input ends, after what was asked is answered. One call a process.
#pragma once

#include <functional>

#include "mcp/core.h"

namespace mbe::mcp {

struct StdioOptions {
  int in = 0;
  int out = 1;
  std::size_t at_once = 4;        ///< requests being answered
  std::size_t waiting_max = 256;  ///< requests read and not begun; then reading waits
  /// Asked after a signal: whether to end.
  std::function<bool()> stopped = [] { return false; };
};

/// Errors: io (the input cannot be read).
[[nodiscard]] Result<void> serve_stdio(const Core& core, Features& features,
                                       const StdioOptions& options);

}  // namespace mbe::mcp
