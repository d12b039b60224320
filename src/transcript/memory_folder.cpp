#include "transcript/memory_folder.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <tuple>

namespace mbe {

namespace {

constexpr std::size_t user_characters_max = 32;
constexpr unsigned parts_max = 999'999;  // of a day: the next one has a number too
constexpr std::string_view day_prefix = "day";
constexpr std::string_view part_prefix = "part";
constexpr std::string_view part_suffix = ".txt";

std::optional<unsigned> number_in(std::string_view text) {
  unsigned out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(out) : std::nullopt;
}

std::optional<CivilDate> valid(int year, unsigned month, unsigned day) {
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1) return std::nullopt;
  const CivilDate date{year, month, day};
  return civil_from_days(days_from_civil(date)) == date ? std::optional(date) : std::nullopt;
}

/// The day on which a file was last written, UTC.
Result<CivilDate> written_on(FileSystem& files, const std::string& path) {
  MBE_ASSIGN(const auto file, files.open(path, OpenMode::read));
  MBE_ASSIGN(const std::int64_t time, file->modified_ns());
  const auto days = std::chrono::floor<std::chrono::days>(std::chrono::nanoseconds(time));
  return civil_from_days(days.count());
}

/// Names in a folder; none where it is no folder.
Result<std::vector<std::string>> names_in(FileSystem& files, const std::string& folder) {
  auto names = files.list(folder);
  if (names.ok()) return names;
  return std::vector<std::string>{};
}

/// The day that a folder's name means; files in it were written on `written` or before.
std::optional<CivilDate> day_of(std::string_view name, std::optional<int> year,
                                const CivilDate& written) {
  if (!name.starts_with(day_prefix)) return std::nullopt;
  name.remove_prefix(day_prefix.size());
  const auto digits = number_in(name);
  if (!digits || (name.size() != 8 && name.size() != 4)) return std::nullopt;
  const unsigned month = *digits / 100 % 100;
  const unsigned day = *digits % 100;
  if (name.size() == 8) return valid(static_cast<int>(*digits / 10'000), month, day);
  if (year) return valid(*year, month, day);
  // The latest that is not after the file; a 29th of February may be up to eight years back.
  for (int back = 0; back <= 8; ++back) {
    const auto date = valid(written.year - back, month, day);
    if (date && *date <= written) return date;
  }
  return std::nullopt;
}

Result<void> add_day(FileSystem& files, const std::string& folder, const PartFile& like,
                     std::optional<int> year, std::vector<PartFile>& out) {
  const bool needs_year = !year && like.day_folder.size() == day_prefix.size() + 4;
  MBE_ASSIGN(const auto names, names_in(files, folder));
  for (const std::string& name : names) {
    const auto part = part_of(name);
    const std::string path = folder + "/" + name;
    if (!part || files.list(path).ok()) continue;
    CivilDate written{};
    if (needs_year) {
      MBE_ASSIGN(written, written_on(files, path));
    }
    const auto day = day_of(like.day_folder, year, written);
    if (day) out.push_back({path, like.user, *day, like.day_folder, *part});
  }
  return {};
}

Result<void> add_days(FileSystem& files, const std::string& folder, const std::string& user,
                      std::optional<int> year, std::vector<PartFile>& out) {
  MBE_ASSIGN(const auto names, names_in(files, folder));
  for (const std::string& name : names) {
    if (!name.starts_with(day_prefix)) continue;
    MBE_TRY(add_day(files, folder + "/" + name, {"", user, {}, name, 0}, year, out));
  }
  return {};
}

}  // namespace

std::optional<unsigned> part_of(std::string_view name) {
  if (!name.starts_with(part_prefix) || !name.ends_with(part_suffix)) return std::nullopt;
  name.remove_prefix(part_prefix.size());
  name.remove_suffix(part_suffix.size());
  const auto number = number_in(name);
  return number && *number <= parts_max ? number : std::nullopt;
}

bool is_user_folder(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= user_characters_max &&
         std::ranges::all_of(name, allowed) && !name.starts_with(day_prefix);
}

std::string user_path(const std::string& root, const std::string& user) {
  return user.empty() ? root : root + "/" + user;
}

Result<std::vector<std::string>> user_folders(FileSystem& files, const std::string& root) {
  MBE_ASSIGN(const auto names, names_in(files, root));
  std::vector<std::string> out = {""};
  for (const std::string& name : names) {
    if (is_user_folder(name) && files.list(root + "/" + name).ok()) out.push_back(name);
  }
  return out;
}

Result<std::vector<std::pair<std::string, std::optional<CivilDate>>>> day_folders(
    FileSystem& files, const std::string& folder) {
  std::vector<std::pair<std::string, std::optional<CivilDate>>> out;
  MBE_ASSIGN(const auto names, names_in(files, folder));
  for (const std::string& name : names) {
    if (!name.starts_with(day_prefix)) continue;
    const bool has_year = name.size() == day_prefix.size() + 8;
    out.emplace_back(name, has_year ? day_of(name, {}, {}) : std::nullopt);
  }
  return out;
}

Result<std::vector<PartFile>> find_parts(FileSystem& files, const std::string& root,
                                         std::optional<int> year) {
  const auto there = files.list(root);
  if (!there.ok() && there.error().code() == ErrorCode::not_found) {
    return fail(ErrorCode::not_found, "there is no folder {}", root);
  }
  if (!there.ok()) return there.error();
  std::vector<PartFile> out;
  MBE_ASSIGN(const auto users, user_folders(files, root));
  for (const std::string& user : users) {
    MBE_TRY(add_days(files, user_path(root, user), user, year, out));
  }
  std::ranges::sort(out, {}, [](const PartFile& file) {
    return std::tuple(file.user, file.day, file.part, file.day_folder);
  });
  return out;
}

}  // namespace mbe
