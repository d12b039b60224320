#include "operations/file_text.h"

#include <algorithm>
#include <map>
#include <span>

namespace mbe {

namespace {

constexpr std::size_t shown_depth = 2;
constexpr std::size_t snippet_around = 2;
constexpr double unit = 1024;
constexpr double tenths_below = 10;  // of a unit, as `du -h`

/// `%2e`, `%2f` and `%5c` decoded: somebody may decode a path once too often.
std::string decoded(std::string_view part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const std::string_view escape = part.substr(i, 3);
    const bool is_dot = escape == "%2e" || escape == "%2E";
    const bool is_slash = escape == "%2f" || escape == "%2F" || escape == "%5c" || escape == "%5C";
    out += is_dot ? '.' : is_slash ? '/' : part[i];
    if (is_dot || is_slash) i += 2;
  }
  return out;
}

bool is_part(std::string_view part) {
  const std::string plain = decoded(part);
  const auto is_bad = [](char c) {
    return (c >= '\0' && c < ' ') || c == '\x7f' || c == '\\' || c == '/';
  };
  return !part.empty() && plain != "." && plain != ".." && std::ranges::none_of(plain, is_bad);
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    path.remove_prefix(std::min(path.size(), end + 1));
  }
  return out;
}

std::vector<std::string_view> lines_of(std::string_view content) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    out.push_back(content.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string numbered(std::span<const std::string_view> lines, std::size_t from, std::size_t until) {
  std::string out;
  for (std::size_t i = from; i <= until; ++i) out += fmt::format("\n{:>6}\t{}", i, lines[i - 1]);
  return out;
}

std::string size_text(std::size_t bytes) {
  if (bytes < static_cast<std::size_t>(unit)) return std::to_string(bytes);
  double value = static_cast<double>(bytes) / unit;
  const char* name = "K";
  if (value >= unit) {
    value /= unit;
    name = "M";
  }
  return value < tenths_below ? fmt::format("{:.1f}{}", value, name)
                              : fmt::format("{:.0f}{}", value, name);
}

bool is_hidden(std::string_view part) {
  return part.starts_with('.') || part == "node_modules";
}

}  // namespace

Result<std::string> memory_path(const std::string& given) {
  std::string path = given;
  if (path.size() > path_bytes_max) {
    return fail(ErrorCode::limit, "the path has {} bytes, at most {}", path.size(), path_bytes_max);
  }
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (path == files_root) return path;
  const auto parts =
      parts_of(is_below(path, files_root) ? std::string_view(path).substr(files_root.size() + 1)
                                          : std::string_view());
  if (parts.empty() || path.ends_with('/') || !std::ranges::all_of(parts, is_part)) {
    return fail(ErrorCode::invalid_argument,
                "the path {} is not one below /memories: no `.`, `..`, backslash or empty part",
                given);
  }
  if (parts.size() <= path_parts_max) return path;
  return fail(ErrorCode::limit, "the path has {} parts, at most {}", parts.size(), path_parts_max);
}

bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

FileAnswer numbered_view(const std::string& path, std::string_view content, std::uint64_t from,
                         std::uint64_t until) {
  const std::vector<std::string_view> lines = lines_of(content);
  if (lines.size() > file_lines_max) {
    return {fmt::format("File {} exceeds maximum line limit of 999,999 lines.", path), true};
  }
  const std::uint64_t first = std::max<std::uint64_t>(from, 1);
  const std::uint64_t last =
      until == 0 ? lines.size() : std::min<std::uint64_t>(until, lines.size());
  const bool is_whole = from <= 1 && until == 0;
  if (first > last && !is_whole) {
    return {
        fmt::format("Error: Invalid `view_range` parameter: the file has {} lines", lines.size()),
        true};
  }
  return {fmt::format("Here's the content of {} with line numbers:", path) +
          numbered(lines, first, last)};
}

std::string folder_view(const std::string& folder,
                        const std::vector<std::pair<std::string, std::size_t>>& files) {
  std::size_t total = 0;
  std::map<std::string, std::size_t> shown;
  for (const auto& [path, bytes] : files) {
    const auto parts = parts_of(std::string_view(path).substr(folder.size() + 1));
    if (std::ranges::any_of(parts, is_hidden)) continue;
    total += bytes;
    std::string entry = folder;
    for (std::size_t i = 0; i < std::min(parts.size(), shown_depth); ++i) {
      const bool is_file = i + 1 == parts.size();
      entry += '/';
      entry += parts[i];
      shown[entry + (is_file ? "" : "/")] += bytes;
    }
  }
  std::string out = fmt::format(
      "Here're the files and directories up to 2 levels deep in {}, excluding hidden items and "
      "node_modules:\n{}\t{}",
      folder, size_text(total), folder);
  for (const auto& [path, bytes] : shown) out += fmt::format("\n{}\t{}", size_text(bytes), path);
  return out;
}

std::optional<std::string> with_lines(const std::string& content, std::uint64_t line,
                                      std::string_view text) {
  if (line > line_count(content)) return std::nullopt;
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < line; ++i)
    at = std::min(content.find('\n', at), content.size()) + 1;
  std::string out = content.substr(0, at);
  if (at > content.size()) out += '\n';  // the last line has no end
  out += text;
  if (!text.ends_with('\n')) out += '\n';
  return at < content.size() ? out + content.substr(at) : out;
}

std::size_t line_count(std::string_view content) {
  return lines_of(content).size();
}

std::vector<std::size_t> lines_with(std::string_view content, std::string_view text) {
  std::vector<std::size_t> out;
  if (text.empty()) return out;
  std::size_t line = 1;
  std::size_t counted = 0;
  for (std::size_t at = content.find(text); at != std::string_view::npos;
       at = content.find(text, at + 1)) {
    line +=
        static_cast<std::size_t>(std::ranges::count(content.substr(counted, at - counted), '\n'));
    counted = at;
    out.push_back(line);
  }
  return out;
}

std::string snippet(std::string_view content, std::size_t line, std::size_t count) {
  const std::vector<std::string_view> lines = lines_of(content);
  const std::size_t first = line > snippet_around ? line - snippet_around : 1;
  const std::size_t last = std::min(lines.size(), line + count - 1 + snippet_around);
  return first > last ? "" : numbered(lines, first, last);
}

}  // namespace mbe
