// Who changed the home through its doors: logins, accounts, keys, grants, what was forgotten. Each
// is a block of kind `audit` in a memory of its own, sealed and chained like any other: it can be
// erased, and that is seen, but not rewritten. Ids, names of accounts and of memories; no text, no
// secret. Any thread.
#pragma once

#include <mutex>
#include <string>

#include "mbe/engine.h"
#include "people/access.h"
#include "server/log.h"

namespace mbe {

/// Its name; no account's memory can have it.
inline constexpr std::string_view audit_chain = "home:audit";

class Audit {
 public:
  /// All must outlive it.
  Audit(Engine& engine, Log& log, const Clock& clock = system_clock())
      : engine_(engine), log_(log), clock_(clock) {}

  /// What was done. `door`: socket, key, login or terminal. `about`: an object, see above. It is
  /// done already: where the disk refuses the record, the log says so.
  void note(const std::string& event, const Principal& who, const std::string& door,
            const Json& about);
  /// A login or a code that was refused: at most one record a minute, with how many there were
  /// since the last. What was typed as a name is not kept: it may be a password.
  void note_refused();

  /// {"records": [{"index", "time", "event", "account", "door", "about"}…], "next"}, newest first,
  /// below `before`. Errors: those of Memory::list.
  [[nodiscard]] Result<Json> list(std::uint64_t before, std::size_t limit);

 private:
  [[nodiscard]] Result<void> write(const std::string& event, const std::string& account,
                                   const std::string& door, const Json& about);

  Engine& engine_;
  Log& log_;
  const Clock& clock_;
  std::mutex mutex_;
  std::uint64_t refused_ = 0;  ///< since the last record; this and the next: guarded by mutex_
  std::optional<TimeMs> told_ms_;
};

}  // namespace mbe
