// The creation sequence: memory, manifests, identity - what Echo goes through when it wakes, stage
// by stage, each told as it begins, moves and ends. Any thread, one at a time for a home.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "echo/boot.h"
#include "echo/identity.h"
#include "people/people.h"

namespace mbe {

enum class StageState : std::uint8_t { waiting, running, done, skipped, failed };

/// waiting … failed.
[[nodiscard]] std::string_view stage_state_name(StageState state);

/// Where one stage stands.
struct Stage {
  std::string name;  ///< memory, manifests, identity
  StageState state = StageState::waiting;
  std::uint64_t done = 0, total = 0;  ///< bytes of transcripts; 0 of 0 where nothing is counted
  std::optional<Message> note;        ///< what is missing, or why it failed and what to do
};

struct WakeOptions {
  BootOptions boot;
  std::filesystem::path manifests;  ///< folder; empty: `manifest` beside the transcripts' folder
  bool evolve = false;              ///< adds a version although the identity is fixed
  /// Skips everything if the identity is fixed already: how a server starts again.
  bool only_if_new = false;
  /// Done before anything else: what must be in order before transcripts are read.
  std::function<Result<void>()> prepare = [] { return Result<void>(); };
  /// Told whenever a stage changes; from the calling thread.
  std::function<void(const Stage&)> tell = [](const Stage&) {};
};

struct WakeResult {
  BootReport replay;
  std::vector<std::string> missing;  ///< manifests that are not there
  std::filesystem::path manifests;   ///< where they were looked for
  std::optional<Identity> identity;  ///< nothing while a manifest is missing
};

/// The stages' names, in order.
[[nodiscard]] const std::vector<std::string>& wake_stages();

/// Errors: those of boot, read_manifests and fix_identity; denied (origin_id.txt names another than
/// the origin's account); unavailable (stopped by options.boot.progress).
[[nodiscard]] Result<WakeResult> wake(Engine& engine, People& people, const WakeOptions& options);

}  // namespace mbe
