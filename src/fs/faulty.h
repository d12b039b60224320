// FaultyFileSystem: a disk in memory that fails on purpose, for tests. What was not synced is lost,
// torn or reordered at a crash; a name not synced in its directory is lost with it; a failed sync
// drops what it should have written while reads go on showing it. The same seed and the same calls
// give the same faults. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "base/random.h"
#include "fs/file_system.h"

namespace mbe {

enum class Fault : std::uint8_t {
  io_error,  ///< the call fails; a write leaves nothing, a sync loses what it should have written
  no_space,  ///< a write leaves a part and fails; making a file fails; other calls work
  short_write,  ///< a write leaves a part and fails; other calls work
};

class FaultyFileSystem final : public FileSystem {
 public:
  explicit FaultyFileSystem(std::uint64_t seed);
  ~FaultyFileSystem() override;

  [[nodiscard]] Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  [[nodiscard]] Result<std::vector<std::string>> list(const std::string& directory) override;
  [[nodiscard]] Result<bool> exists(const std::string& path) override;
  [[nodiscard]] Result<void> make_directories(const std::string& directory) override;
  [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] Result<void> remove(const std::string& path) override;
  [[nodiscard]] Result<void> sync_directory(const std::string& directory) override;

  /// The call `number` from now (1 = the next) fails; with `forever` every later one too.
  void fail_call(std::uint64_t number, Fault fault, bool forever);
  void fail_nothing();
  /// From the call `number` on, every call fails as if the machine were off.
  void power_off_at(std::uint64_t number);
  /// Ends the power cut after losing what was not synced. Open files and their locks are dead.
  void crash();
  /// The process died, the machine did not: nothing is lost, open files and their locks are dead.
  void kill();
  /// Calls made so far.
  [[nodiscard]] std::uint64_t calls() const;

  /// What a reader would get, and a way to change it behind everyone's back. Not counted as calls.
  [[nodiscard]] std::string contents(const std::string& path) const;
  void set_contents(const std::string& path, std::string_view bytes);
  [[nodiscard]] std::vector<std::string> paths() const;

 private:
  struct Inode;
  class MemoryFile;
  class MemoryMapping;
  struct EntryChange {
    std::string name;             ///< full path
    std::shared_ptr<Inode> node;  ///< null: removed
    std::string renamed_from;     ///< empty: no rename
  };
  using Entries = std::map<std::string, std::shared_ptr<Inode>>;

  /// Counts a call and says which fault it meets, if any.
  [[nodiscard]] Result<std::optional<Fault>> enter(bool writes);
  static void apply(Entries& entries, const EntryChange& change);
  void close_all();

  mutable std::mutex mutex_;
  SeededRandom random_;
  Entries entries_;
  Entries durable_;
  std::map<std::string, std::vector<EntryChange>> pending_;  ///< by directory
  std::set<std::string> directories_;
  std::uint64_t calls_ = 0;
  std::uint64_t fail_at_ = 0;
  std::uint64_t off_at_ = 0;
  std::uint64_t life_ = 1;  ///< files opened in an earlier one are dead
  Fault fault_ = Fault::io_error;
  bool forever_ = false;
};

}  // namespace mbe
