// What Echo made for its origin: a file each in HOME/creations/YYYY-MM-DD, with a manifest beside
// it that says from what - prompt, blocks, model, digest. Plain files outside the seal, mode 0600.
// Invariant: a creation never lies there without its manifest, so that forgetting finds it by the
// blocks it was made from. Any thread. Format: docs/format/creation.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "fs/file_system.h"

namespace mbe {

struct Creation {
  std::string chain = "main";  ///< whose memory it was made from
  std::string kind;            ///< text, code, document, drawing, other
  std::string artefact;        ///< what was asked for: 시, poem …; may be empty
  std::string asked;           ///< the command
  std::string text;            ///< what was made
  std::string model;
  std::vector<std::uint64_t> blocks;  ///< memories that stood in the prompt, and the command's
  TimeMs time_ms = 0;
};

/// Writes both files, the manifest first; returns the path of what was made, from the home's
/// folder. Errors: busy (another process holds the folder for 5 s), io.
[[nodiscard]] Result<std::string> save_creation(FileSystem& files, const std::string& home,
                                                const Creation& creation);

/// Those of a chain that were made from one of the blocks, or are among `names` (as save_creation
/// returned them). A manifest that cannot be read is passed over. Reads every manifest. Errors: io.
[[nodiscard]] Result<std::vector<std::string>> find_creations(FileSystem& files,
                                                              const std::string& home,
                                                              const std::string& chain,
                                                              std::span<const std::uint64_t> blocks,
                                                              std::span<const std::string> names);
/// Removes what find_creations finds, and what a crash in the middle of saving left behind. The
/// manifest goes last: after a crash the rest is found again. Errors: busy, io.
[[nodiscard]] Result<void> remove_creations(FileSystem& files, const std::string& home,
                                            const std::string& chain,
                                            std::span<const std::uint64_t> blocks,
                                            std::span<const std::string> names);

}  // namespace mbe
