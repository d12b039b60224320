#include "echo/manifests.h"

#include <array>
#include <optional>
#include <sstream>
#include <string_view>

#include "base/utf8.h"
#include "fs/file_system.h"

namespace mbe {

namespace {

constexpr std::uint64_t manifest_bytes_max = 256 << 10;
constexpr std::array<std::string_view, 3> names = {"echo_identity.txt", "origin_id.txt",
                                                   "fillin_manifest.txt"};
constexpr std::string_view origin_file = names[1];

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// Takes in the line if it is `key: value` with a key that we know.
void take(std::string_view line, Manifests& out) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view key = trimmed(line.substr(0, colon));
  const std::string value(trimmed(line.substr(colon + 1)));
  if (value.empty()) return;
  if (key == "이름" || key == "name") out.name = value;
  if (key == "선언" || key == "declaration") out.declarations.push_back(value);
  if (key == "철학" || key == "philosophy") out.philosophy.push_back(value);
}

/// The account: the value of `origin:` or `오리진:`, else the first line that says something.
std::string origin_of(const std::string& text) {
  std::istringstream in(text);
  std::string first;
  for (std::string line; std::getline(in, line);) {
    const std::string_view said = trimmed(line);
    const std::size_t colon = said.find(':');
    if (colon != std::string_view::npos) {
      const std::string_view key = trimmed(said.substr(0, colon));
      if (key == "origin" || key == "오리진") return std::string(trimmed(said.substr(colon + 1)));
    }
    if (first.empty() && !said.starts_with('#')) first = said;
  }
  return first;
}

/// Nothing where there is no such file.
Result<std::optional<std::string>> read_text(const std::filesystem::path& folder,
                                             std::string_view name) {
  FileSystem& files = posix_file_system();
  const std::string path = (folder / name).string();
  MBE_ASSIGN(const bool there, files.exists(path));
  if (!there) return std::optional<std::string>();
  MBE_ASSIGN(std::string text, read_file(files, path, manifest_bytes_max));
  if (!first_invalid_utf8(text)) return std::optional(std::move(text));
  return fail(ErrorCode::invalid_argument, "{} is not UTF-8; convert it first", path);
}

}  // namespace

Result<std::string> read_origin(const std::filesystem::path& folder) {
  MBE_ASSIGN(const std::optional<std::string> text, read_text(folder, origin_file));
  if (!text) return std::string();
  std::string out = origin_of(*text);
  if (!out.empty()) return out;
  return fail(ErrorCode::invalid_argument, "{} names nobody; write the origin's account into it",
              (folder / origin_file).string());
}

Result<void> check_origin_name(const std::filesystem::path& folder, const std::string& name) {
  MBE_ASSIGN(const std::string origin, read_origin(folder));
  if (origin.empty() || origin == name) return {};
  return fail(ErrorCode::denied,
              "origin_id.txt names `{}` as the origin: take that name, or write `{}` there and run "
              "`mbe evolve --yes`",
              origin, name);
}

Result<Manifests> read_manifests(const std::filesystem::path& folder) {
  Manifests out;
  for (const std::string_view name : names) {
    MBE_ASSIGN(std::optional<std::string> text, read_text(folder, name));
    if (!text) {
      out.missing.emplace_back(name);
      continue;
    }
    if (name != origin_file) {
      std::istringstream in(*text);
      for (std::string line; std::getline(in, line);) take(line, out);
    }
    out.files.push_back({std::string(name), *std::move(text)});
  }
  MBE_ASSIGN(out.origin, read_origin(folder));
  return out;
}

}  // namespace mbe
