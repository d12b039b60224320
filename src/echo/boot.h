// The boot loop: replays years of transcripts into memory, in order, without a model, in bounded
// memory. A line that is there already is skipped, so it can be run again, or go on where it was
// killed. Afterwards insight.json of each day and of the whole is written beside the transcripts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mbe/engine.h"

namespace mbe {

struct BootOptions {
  std::filesystem::path folder;  ///< memory/, with or without folders of users
  std::optional<int> year;       ///< of days that are named without one
  std::string origin;            ///< whose folder is the chain `main`; others are person:USER
  /// Minutes east of UTC at a moment, where the transcripts were written.
  std::function<int(TimeMs)> utc_offset_minutes = [](TimeMs) { return 0; };
  bool dry_run = false;  ///< count only
  Progress progress;     ///< bytes of transcripts; false stops at the next safe place
};

/// What a day's transcript holds.
struct DayReplay {
  std::string user, day;   ///< day: YYYY-MM-DD
  std::string day_folder;  ///< as it is written
  std::uint64_t parts = 0, lines = 0;
  std::map<std::string, std::uint64_t> speakers;  ///< lines of each
};

struct BootReport {
  std::vector<DayReplay> days;
  std::uint64_t lines = 0, imported = 0, skipped = 0;
  std::vector<std::string> problems;  ///< `file:line: why`, the first 1,000
  std::uint64_t problem_count = 0;
  bool stopped = false;
};

/// Errors: not_found (no such folder), io, those of Memory::import.
[[nodiscard]] Result<BootReport> boot(Engine& engine, const BootOptions& options);

}  // namespace mbe
