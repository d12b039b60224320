// An answer without any model: sentences made of the memories, nothing invented. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "echo/voice.h"
#include "mbe/engine.h"

namespace mbe {

/// Of days that the question names, what was said on them; else what came to mind.
/// memories: recalled, any order. without: the question's own block. Errors: those of
/// Memory::list.
[[nodiscard]] Result<std::string> answer_from_memory(Memory& memory, const Voice& voice,
                                                     const AnalysisView& question,
                                                     std::vector<BlockView> memories,
                                                     std::optional<std::uint64_t> without,
                                                     int utc_offset_minutes);

}  // namespace mbe
