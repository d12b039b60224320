// An import whose items are made while it goes on: what Memory::import does, for more items than
// one would hold at once.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "mbe/engine.h"

namespace mbe {

/// Makes the next items, some thousands at best; none: there are no more.
using ImportSource = std::function<std::vector<ImportItem>()>;

/// Imports what `next` makes, part by part, until it makes nothing; `next` is called in this thread
/// while the part before is written. expected: about how many items there will be.
/// Errors: those of Memory::import.
[[nodiscard]] Result<ImportReport> import_stream(Memory& memory, const ImportSource& next,
                                                 std::uint64_t expected);

}  // namespace mbe
