// Files of a memory tool, kept as blocks: a file is a chain of statements of which each later one
// replaces the one before, so that files are recalled like all else and nothing of them is lost. A
// deleted file is hidden, not erased (docs/design/0021). Borrows the call. Edits within a process
// happen one after the other; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/records.h"
#include "operations/file_text.h"
#include "operations/operation.h"

namespace mbe {

/// Sealed into every version of a file; files are told apart from other memories by it.
inline const std::string files_channel{file_channel};
inline constexpr std::size_t files_max = 10'000;       ///< of one memory
inline constexpr std::size_t files_moved_max = 1'000;  ///< or deleted, by one command

/// A command that changes files; what it does not need is empty.
struct FileEdit {
  std::string command, path, file_text, old_str, new_str, insert_text, old_path, new_path;
  std::uint64_t insert_line = 0;
};

class MemoryFiles {
 public:
  explicit MemoryFiles(const Call& call) : call_(call) {}

  /// A file's lines, or what is in a folder. Errors: those of memory_path, limit, io.
  [[nodiscard]] Result<FileAnswer> view(const std::string& path, std::uint64_t from,
                                        std::uint64_t until) const;
  /// create, str_replace, insert, delete, rename. What the model did wrong is an answer. Errors:
  /// those of memory_path and of Memory::remember, limit (too large, too many).
  [[nodiscard]] Result<FileAnswer> edit(const FileEdit& edit) const;

  /// Where the versions of a file say they come from: what `forget` takes as `sources`.
  [[nodiscard]] static std::string source_of(const std::string& path);

 private:
  struct File {
    std::string path, content;
    std::uint64_t block = 0;  ///< its newest version
  };

  [[nodiscard]] Result<std::vector<File>> list(const std::vector<std::string>& sources) const;
  [[nodiscard]] Result<std::optional<File>> find(const std::string& path) const;
  /// The file, or all below the folder.
  [[nodiscard]] Result<std::vector<File>> at(const std::string& path) const;
  /// Why nothing can be put there, if nothing can.
  [[nodiscard]] Result<std::optional<FileAnswer>> obstacle(const std::string& path,
                                                           const std::string& taken) const;
  [[nodiscard]] Result<void> write(const std::string& path, const std::string& content,
                                   std::optional<std::uint64_t> instead_of) const;

  [[nodiscard]] Result<FileAnswer> create(const std::string& path, const std::string& text) const;
  [[nodiscard]] Result<FileAnswer> replace(const std::string& path, const FileEdit& edit) const;
  [[nodiscard]] Result<FileAnswer> insert(const std::string& path, const FileEdit& edit) const;
  [[nodiscard]] Result<FileAnswer> remove(const std::string& path) const;
  [[nodiscard]] Result<FileAnswer> rename(const FileEdit& edit) const;

  const Call& call_;
};

}  // namespace mbe
