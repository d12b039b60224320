// What memory_core knows of one chain's talk between two saves: taken from the log, caught up with
// it before each line, so that what other processes wrote counts too.
#pragma once

#include "echo/log_lines.h"
#include "echo/memory_core.h"
#include "transcript/writer.h"

namespace mbe {

struct MemoryCore::Talk {
  std::mutex mutex;  ///< of all that follows
  bool is_repaired = false;
  CivilDate day{};                            ///< whose lines these are
  std::uint64_t next = 0;                     ///< sequence up to which the log was followed
  std::map<std::string, std::uint64_t> said;  ///< speaker and folded text → newest block
  std::map<unsigned, std::uint64_t> parts;    ///< those Echo wrote → greatest ordinal
  std::string user;                           ///< of the writer
  std::optional<TranscriptWriter> writer;
};

}  // namespace mbe
