#include "echo/memory_folder.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace mbe {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t user_characters_max = 32;
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

CivilDate date_of(fs::file_time_type time) {
  const auto system = std::chrono::file_clock::to_sys(time);
  const auto days = std::chrono::floor<std::chrono::days>(system).time_since_epoch().count();
  return civil_from_days(days);
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

std::optional<unsigned> part_of(std::string_view name) {
  if (!name.starts_with(part_prefix) || !name.ends_with(part_suffix)) return std::nullopt;
  name.remove_prefix(part_prefix.size());
  name.remove_suffix(part_suffix.size());
  return number_in(name);
}

void add_day(const fs::path& folder, const std::string& user, std::optional<int> year,
             std::vector<PartFile>& out) {
  const std::string name = folder.filename().string();
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const auto part = part_of(entry.path().filename().string());
    if (!part || !entry.is_regular_file()) continue;
    const auto day = day_of(name, year, date_of(entry.last_write_time()));
    if (day) out.push_back({entry.path(), user, *day, name, *part});
  }
}

void add_days(const fs::path& folder, const std::string& user, std::optional<int> year,
              std::vector<PartFile>& out) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name.starts_with(day_prefix)) {
      add_day(entry.path(), user, year, out);
    }
  }
}

}  // namespace

bool is_user_folder(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= user_characters_max && std::ranges::all_of(name, allowed);
}

Result<std::vector<PartFile>> find_parts(const fs::path& root, std::optional<int> year) {
  if (!fs::is_directory(root)) {
    return fail(ErrorCode::not_found, "there is no folder {}", root.string());
  }
  std::vector<PartFile> out;
  try {
    add_days(root, "", year, out);
    for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
      const std::string name = entry.path().filename().string();
      const bool is_user = is_user_folder(name) && !name.starts_with(day_prefix);
      if (entry.is_directory() && is_user) add_days(entry.path(), name, year, out);
    }
  } catch (const fs::filesystem_error& error) {
    return fail(ErrorCode::io, "cannot read {}: {}", root.string(), error.code().message());
  }
  std::ranges::sort(out, {}, [](const PartFile& file) {
    return std::tuple(file.user, file.day, file.part, file.day_folder);
  });
  return out;
}

}  // namespace mbe
