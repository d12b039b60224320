// Where short-term memory lives: working/<conversation>.json of a chain and context_cache.json, the
// most recent conversation's waypoints. Every change is made under a file lock and replaces the
// file as a whole, so that several processes and a crash leave a complete one. Any thread.
// Losing these files loses nothing of the log. Format: docs/format/working.md.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "fs/file_system.h"
#include "working/conversation.h"

namespace mbe {

class WorkingMemory {
 public:
  /// directory: the chain's. Nothing is read or written yet.
  WorkingMemory(FileSystem& files, std::string directory, const Clock& clock,
                ShortTermLimits limits);

  /// The conversation without what has expired; an empty one if there is none, or if its file is
  /// damaged (it is derived from what was said; the damage is replaced at the next change).
  /// Errors: invalid_argument (name: UTF-8 of at most 1,024 bytes), io.
  [[nodiscard]] Result<Conversation> load(const std::string& name) const;

  /// Loads, changes and stores a conversation, then renews context_cache.json. Errors: those of
  /// load(); busy (another process holds the lock for 5 s).
  Result<Conversation> change(const std::string& name,
                              const std::function<void(Conversation&)>& edit);

  /// Removes every trace of blocks and texts from every conversation. Errors: io, busy.
  Result<void> forget(const std::vector<std::uint64_t>& blocks,
                      const std::vector<std::string>& texts);

  [[nodiscard]] const ShortTermLimits& limits() const { return limits_; }

 private:
  class Lock;
  [[nodiscard]] std::string file_of(const std::string& name) const;
  Result<void> store(const std::string& path, const Conversation& conversation);
  Result<Conversation> read(const std::string& path, const std::string& name) const;

  FileSystem& files_;
  std::string directory_;
  const Clock& clock_;
  ShortTermLimits limits_;
};

}  // namespace mbe
