// What Echo made for its origin: a file each in HOME/creations, with a manifest beside it that says
// from what - prompt, blocks, model, digest. Plain files, mode 0600. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace mbe {

struct Creation {
  std::string kind;      ///< text, code, document, drawing, other
  std::string artefact;  ///< what was asked for: 시, poem …; may be empty
  std::string asked;     ///< the command
  std::string text;      ///< what was made
  std::string model;
  std::vector<std::uint64_t> blocks;  ///< memories that stood in the prompt
  TimeMs time_ms = 0;
};

/// Writes both files; returns the path of what was made, from the home's folder. Errors: io.
[[nodiscard]] Result<std::string> save_creation(const std::filesystem::path& home,
                                                const Creation& creation);

}  // namespace mbe
