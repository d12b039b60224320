// What summaries and merges share: which blocks they are made of, and how one is written.
#pragma once

#include <string>

#include "engine/memory_parts.h"

namespace mbe {

/// What people said and still holds, within the filter. Errors: as index_filter.
[[nodiscard]] Result<SequenceSet> select_said(const Memory::Parts& parts,
                                              const DerivedSnapshot& indexes, RecallFilter filter);

/// A block of several sources, not yet written.
struct MadeBlock {
  DerivedBlock about;
  Kind kind;
  Trust trust;  ///< the lowest of its sources
  TimeMs time_ms;
  std::string session, source, data, channel, writer;
};

/// Appends it; its number goes into `out`. Errors: those of append.
[[nodiscard]] Result<void> write_made(const Memory::Parts& parts, MadeBlock made,
                                      DerivedBlock& out);

}  // namespace mbe
