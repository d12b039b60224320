// Texts of the file commands that a model's memory tool knows: paths below /memories, numbered
// lines, listings, edits. Nothing is a file of this machine: a path names a chain of blocks.
// Wording and layout are those of Anthropic's documentation of `memory_20250818`. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mbe {

inline constexpr std::string_view files_root = "/memories";
inline constexpr std::size_t path_bytes_max = 400;
inline constexpr std::size_t path_parts_max = 16;
inline constexpr std::size_t file_bytes_max = 262'144;
inline constexpr std::size_t file_lines_max = 999'999;

/// What a command says to the model.
struct FileAnswer {
  std::string content;
  bool is_error = false;
};

/// The path without a slash at its end. Errors: invalid_argument (not below /memories; a part that
/// is empty, `.` or `..`, also written as %2e; a backslash; a control character), limit.
[[nodiscard]] Result<std::string> memory_path(const std::string& given);
/// Whether `path` lies below the folder, at whatever depth.
[[nodiscard]] bool is_below(std::string_view path, std::string_view folder);

/// Lines `from` to `until`, counted from 1, each with its number; 0: to the end. A range that holds
/// no line is an error.
[[nodiscard]] FileAnswer numbered_view(const std::string& path, std::string_view content,
                                       std::uint64_t from, std::uint64_t until);
/// A folder's files and folders up to two levels deep, by name. `files`: paths and sizes of all
/// files below it; hidden ones and node_modules are left out.
[[nodiscard]] std::string folder_view(
    const std::string& folder, const std::vector<std::pair<std::string, std::size_t>>& files);

/// The content with `text` as lines of its own after line `line`; nothing where there is no such
/// line.
[[nodiscard]] std::optional<std::string> with_lines(const std::string& content, std::uint64_t line,
                                                    std::string_view text);
/// The number of lines; a line end at the end begins no further one.
[[nodiscard]] std::size_t line_count(std::string_view content);
/// The lines, counted from 1, in which it begins; overlapping places count.
[[nodiscard]] std::vector<std::size_t> lines_with(std::string_view content, std::string_view text);
/// Numbered lines around an edit that begins in line `line` and is `count` lines long.
[[nodiscard]] std::string snippet(std::string_view content, std::size_t line, std::size_t count);

}  // namespace mbe
