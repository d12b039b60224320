#include "transcript/part_text.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <tuple>

#include "fs/lock_wait.h"
#include "transcript/transcript.h"

namespace mbe {

namespace {

constexpr std::uint64_t part_bytes_max = 1 << 30;
constexpr std::uint64_t chain_name_bytes_max = 4'096;
constexpr std::string_view chain_file = "/.chain";
constexpr std::string_view left_over = ".tmp";
constexpr int lock_wait_ms = 5'000;

/// Where each line of a text begins, and its end.
std::vector<std::size_t> line_begins(std::string_view bytes) {
  std::vector<std::size_t> out = {0};
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    out.push_back(at + 1);
  }
  if (out.back() != bytes.size()) out.push_back(bytes.size());
  return out;
}

/// The parts below `root`; none where there is no such folder.
Result<std::vector<PartFile>> parts_below(FileSystem& files, const std::string& root) {
  auto parts = find_parts(files, root);
  if (!parts.ok() && parts.error().code() == ErrorCode::not_found) return std::vector<PartFile>{};
  return parts;
}

using PartKey = std::tuple<std::string, CivilDate, unsigned>;

PartKey key_of(const PartFile& part) {
  return {part.user, part.day, part.part};
}

/// The lines wanted, by their part; each with its place in the span.
std::map<PartKey, std::vector<std::size_t>> by_part(std::span<const LineId> wanted) {
  std::map<PartKey, std::vector<std::size_t>> out;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    out[{wanted[i].user, wanted[i].day, wanted[i].part}].push_back(i);
  }
  return out;
}

/// Places of a line in a part: its own, or, if something else stands there, all where it stands.
std::vector<std::size_t> places_of(const PartText& text, const LineId& line) {
  const auto stands_at = [&](std::size_t at) {
    return !text.lines[at].is_forgotten && text.lines[at].digest == line.digest;
  };
  const std::size_t own = line.ordinal - 1;
  if (own < text.lines.size() && stands_at(own)) return {own};
  const bool is_forgotten = own < text.lines.size() && text.lines[own].is_forgotten;
  std::vector<std::size_t> out;
  if (is_forgotten) return out;
  for (std::size_t at = 0; at < text.lines.size(); ++at) {
    if (stands_at(at)) out.push_back(at);
  }
  return out;
}

/// What a crash in the middle of replacing a file leaves behind may hold what is forgotten.
Result<void> remove_left_over(FileSystem& files, const std::string& folder) {
  MBE_ASSIGN(const auto names, files.list(folder));
  bool removed = false;
  for (const std::string& name : names) {
    if (!name.ends_with(left_over)) continue;
    MBE_TRY(files.remove(folder + "/" + name));
    removed = true;
  }
  return removed ? files.sync_directory(folder) : Result<void>();
}

Result<void> take_out(FileSystem& files, const std::string& path, const PartText& text,
                      std::vector<std::size_t> places) {
  if (places.empty()) return {};
  std::ranges::sort(places);
  const auto repeated = std::ranges::unique(places);
  places.erase(repeated.begin(), repeated.end());
  std::string out;
  std::size_t from = 0;
  for (const std::size_t place : places) {
    const PartText::Line& line = text.lines[place];
    out.append(text.bytes, from, line.begin - from);
    out.append(forgotten_line) += '\n';
    from = line.end;
  }
  out.append(text.bytes, from);
  return replace_file(files, path, out);
}

/// Changes parts below `root`, each under its folder's lock: those for which `choose` gives places.
template <class Concerns, class Choose>
Result<void> change_parts(FileSystem& files, const std::string& root, const Concerns& concerns,
                          const Choose& choose) {
  MBE_ASSIGN(const auto parts, parts_below(files, root));
  std::optional<FolderLock> lock;
  std::optional<std::string> locked;
  for (const PartFile& part : parts) {
    if (!concerns(part)) continue;
    if (locked != part.user) {
      lock.reset();
      MBE_ASSIGN(lock, FolderLock::take(files, user_path(root, part.user)));
      locked = part.user;
    }
    MBE_TRY(remove_left_over(files, parent_directory(part.path)));
    MBE_ASSIGN(const PartText text, read_part(files, part.path));
    MBE_TRY(take_out(files, part.path, text, choose(part, text)));
  }
  return {};
}

}  // namespace

PartText parse_part(std::string bytes) {
  PartText out;
  const std::vector<std::size_t> begins = line_begins(bytes);
  std::istringstream in(bytes);
  TranscriptReader reader(in);
  while (const auto line = reader.next()) {
    const std::size_t begin = begins[line->number - 1];
    if (!out.lines.empty()) out.lines.back().end = begin;
    out.lines.push_back(
        {begin, bytes.size(), line_digest(line->speaker, line->text), is_forgotten(*line)});
  }
  out.bytes = std::move(bytes);
  return out;
}

Result<PartText> read_part(FileSystem& files, const std::string& path) {
  MBE_ASSIGN(std::string bytes, read_file(files, path, part_bytes_max));
  return parse_part(std::move(bytes));
}

Result<FolderLock> FolderLock::take(FileSystem& files, const std::string& folder) {
  MBE_TRY(files.make_directories(folder));
  MBE_ASSIGN(auto file, files.open(folder + "/.lock", OpenMode::create));
  MBE_ASSIGN(const bool taken, LockWait(lock_wait_ms).lock(*file, 0));
  if (taken) return FolderLock(std::move(file));
  return fail(ErrorCode::busy, "another process holds {} for {} ms; try again", folder,
              lock_wait_ms);
}

Result<std::string> chain_of_folder(FileSystem& files, const std::string& folder) {
  auto name = read_file(files, folder + std::string(chain_file), chain_name_bytes_max);
  if (!name.ok() && name.error().code() == ErrorCode::not_found) return std::string();
  if (!name.ok()) return name.error();
  while (name->ends_with('\n')) name->pop_back();
  return name;
}

Result<void> mark_folder(FileSystem& files, const std::string& folder, const std::string& chain) {
  MBE_ASSIGN(const std::string marked, chain_of_folder(files, folder));
  if (marked == chain) return {};
  MBE_TRY(files.make_directories(folder));
  return replace_file(files, folder + std::string(chain_file), chain + "\n");
}

Result<std::vector<bool>> find_lines(FileSystem& files, const std::string& root,
                                     std::span<const LineId> wanted) {
  std::vector<bool> out(wanted.size(), false);
  if (wanted.empty()) return out;
  const auto asked = by_part(wanted);
  MBE_ASSIGN(const auto parts, parts_below(files, root));
  for (const PartFile& part : parts) {
    const auto found = asked.find(key_of(part));
    if (found == asked.end()) continue;
    MBE_ASSIGN(const PartText text, read_part(files, part.path));
    for (const std::size_t i : found->second) {
      out[i] = out[i] || !places_of(text, wanted[i]).empty();
    }
  }
  return out;
}

Result<void> forget_lines(FileSystem& files, const std::string& root,
                          std::span<const LineId> wanted) {
  if (wanted.empty()) return {};
  const auto asked = by_part(wanted);
  const auto concerns = [&](const PartFile& part) { return asked.contains(key_of(part)); };
  return change_parts(files, root, concerns, [&](const PartFile& part, const PartText& text) {
    std::vector<std::size_t> out;
    for (const std::size_t i : asked.at(key_of(part))) {
      const auto places = places_of(text, wanted[i]);
      out.insert(out.end(), places.begin(), places.end());
    }
    return out;
  });
}

Result<void> forget_lines_if(FileSystem& files, const std::string& root,
                             const std::function<bool(const std::string& source)>& gone) {
  const auto all = [](const PartFile&) { return true; };
  return change_parts(files, root, all, [&](const PartFile& part, const PartText& text) {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at < text.lines.size(); ++at) {
      const PartText::Line& line = text.lines[at];
      const LineId id{part.user, part.day, part.part, at + 1, line.digest};
      if (!line.is_forgotten && gone(to_source(id))) out.push_back(at);
    }
    return out;
  });
}

}  // namespace mbe
