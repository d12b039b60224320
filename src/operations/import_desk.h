// Files that were sent to be imported, and imports on their way: HOME/uploads/<whose>/<id>, plain
// bytes with mode 0600 that are gone as soon as they are imported, discarded, or a day old. Who may
// use one is part of its path: another's id names nothing. One desk a home; any thread.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace mbe {

/// How far an import is; numbers are read while it runs.
struct ImportProgress {
  std::atomic<std::uint64_t> bytes_read = 0, bytes_total = 0, imported = 0, skipped = 0;
  std::atomic<bool> running = false, stop = false;
  std::optional<Json> report;  ///< guarded by the desk; of the import that has ended
};

class ImportDesk {
 public:
  static constexpr std::uint64_t file_bytes_max = 2ULL << 30;
  static constexpr std::size_t files_max = 4;  ///< of one owner

  /// The desk of a home, made on first use.
  [[nodiscard]] static std::shared_ptr<ImportDesk> of(const std::filesystem::path& home);
  explicit ImportDesk(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Whose files: an account and a memory.
  [[nodiscard]] static std::string owner_of(std::string_view account, std::string_view chain);

  /// A new, empty file; its id. Errors: limit (too many), io.
  [[nodiscard]] Result<std::string> open(const std::string& owner);
  /// Writes at `offset`, which lies in the file or at its end; the file's size then.
  /// Errors: not_found, invalid_argument (a gap), limit, busy (it is being imported), io.
  [[nodiscard]] Result<std::uint64_t> write(const std::string& owner, const std::string& id,
                                            std::uint64_t offset, std::string_view bytes);
  /// Where it lies. Errors: not_found.
  [[nodiscard]] Result<std::filesystem::path> path(const std::string& owner,
                                                   const std::string& id) const;
  /// Marks it as being imported. Errors: not_found, busy (it is so already).
  [[nodiscard]] Result<std::shared_ptr<ImportProgress>> begin(const std::string& owner,
                                                              const std::string& id);
  /// Ends that; the file goes if `report` is there.
  void end(const std::string& owner, const std::string& id, std::optional<Json> report);
  /// Null if nothing is known of it.
  [[nodiscard]] std::shared_ptr<ImportProgress> progress(const std::string& owner,
                                                         const std::string& id) const;
  /// What the import that has ended came to.
  [[nodiscard]] std::optional<Json> report(const std::string& owner, const std::string& id) const;
  /// Takes the file away; an import of it stops. Errors: io.
  [[nodiscard]] Result<void> discard(const std::string& owner, const std::string& id);

 private:
  void drop_old();

  const std::filesystem::path folder_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<ImportProgress>> known_;  ///< owner/id; guarded by mutex_
};

}  // namespace mbe
