// KeyStore: the key state of one chain on disk. Each change is a new generation, written and synced
// in two copies under a new wrap key before the old wrap key is overwritten: a crash finds the old
// state or the new one, and after a change the old one is gone. Never in a database, always files.
// Any thread; several processes (a lock file orders changes). Format: docs/format/keys.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "block/key_state.h"
#include "fs/file_system.h"

namespace mbe {

class KeyStore {
 public:
  struct Options {
    FileSystem& files;
    std::string directory;  ///< `keys/` of the chain
    std::string chain;
    Bytes32 root{};
    bool read_only = false;
    std::uint32_t lock_wait_ms = 5'000;
    /// The log holds no block: then key files that do not open are what a crash left of the first
    /// generation, and are dropped.
    bool chain_is_empty = false;
  };
  /// Takes the newest generation that opens; removes older ones and renews a damaged copy unless
  /// read-only. No files at all gives a state without epochs. Errors: unavailable (there are key
  /// files and this root key opens none), io.
  [[nodiscard]] static Result<std::unique_ptr<KeyStore>> open(Options options);
  ~KeyStore();
  KeyStore(const KeyStore&) = delete;
  KeyStore& operator=(const KeyStore&) = delete;

  /// The state as last seen.
  [[nodiscard]] std::shared_ptr<const KeyState> state() const;
  /// Looks for a newer generation of another process. Errors: io, unavailable.
  [[nodiscard]] Result<void> reload();
  /// Changes the newest state and makes it durable; `change` may run on a state that another
  /// process has just written, and returns false if there is nothing to do. When it returns, the
  /// older generations are gone. Some 8 syncs. Errors: io (try again: the change may or may not be
  /// there), busy, denied (read-only).
  [[nodiscard]] Result<void> update(const std::function<bool(KeyState&)>& change);
  /// Every file of the newest generation opens and there is no other. Errors: corrupt, io.
  [[nodiscard]] Result<void> verify() const;

 private:
  explicit KeyStore(Options options) : options_(std::move(options)) {}
  [[nodiscard]] Result<std::vector<std::uint64_t>> generations() const;
  [[nodiscard]] Result<KeyState> load(std::uint64_t generation, bool every_copy) const;
  [[nodiscard]] Result<void> load_newest();
  [[nodiscard]] Result<void> write(KeyState next);
  [[nodiscard]] Result<void> sync(std::uint64_t generation) const;
  [[nodiscard]] Result<void> remove_others(std::uint64_t kept) const;
  [[nodiscard]] Result<std::unique_ptr<File>> lock() const;
  [[nodiscard]] std::string path(std::string_view what, std::uint64_t generation, bool copy) const;

  Options options_;
  mutable std::mutex mutex_;  ///< of state_
  std::mutex change_mutex_;   ///< one change at a time in this process
  std::shared_ptr<const KeyState> state_;
};

}  // namespace mbe
