#include <algorithm>

#include "base/resources.h"
#include "fs/file_system.h"
#include "importers/kakao_line.h"

namespace mbe::importers {

namespace {

constexpr std::string_view kinds[] = {"title_end",   "title_end_count",   "title_begin",
                                      "saved",       "morning",           "afternoon",
                                      "month",       "weekday",           "system_end",
                                      "placeholder", "placeholder_begin", "placeholder_count"};
constexpr std::size_t months = 12;
constexpr std::uint64_t table_bytes_max = 1U << 20;
constexpr std::size_t system_bytes_max = 300;
constexpr std::string_view invited = " invited ";

bool digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// `사진 3장` by `사진 장`; `3 photos` by `photos`.
bool counts(std::string_view text, std::string_view pattern) {
  const std::size_t blank = pattern.find(' ');
  if (blank == std::string_view::npos) {
    return text.ends_with(pattern) && text.size() > pattern.size() + 1 &&
           digits(text.substr(0, text.size() - pattern.size() - 1));
  }
  const std::string_view before = pattern.substr(0, blank + 1);
  const std::string_view behind = pattern.substr(blank + 1);
  return text.starts_with(before) && text.ends_with(behind) &&
         text.size() > before.size() + behind.size() &&
         digits(text.substr(before.size(), text.size() - before.size() - behind.size()));
}

std::string_view stripped(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

Result<KakaoWords> read_installed() {
  MBE_ASSIGN(const std::filesystem::path path, find_resource("import/kakaotalk.tsv"));
  MBE_ASSIGN(const std::string table,
             read_file(posix_file_system(), path.string(), table_bytes_max));
  return KakaoWords::parse(table);
}

}  // namespace

Result<KakaoWords> KakaoWords::parse(std::string_view table) {
  KakaoWords out;
  for (std::size_t at = 0, number = 1; at < table.size(); ++number) {
    const std::size_t end = std::min(table.find('\n', at), table.size());
    const std::string_view row = table.substr(at, end - at);
    at = end + 1;
    if (row.empty() || row.starts_with('#')) continue;
    const std::size_t tab = row.find('\t');
    const std::string_view kind = row.substr(0, tab);
    if (tab == std::string_view::npos || std::ranges::find(kinds, kind) == std::end(kinds)) {
      return fail(ErrorCode::corrupt, "{}, line {}: not a row of this table", "kakaotalk.tsv",
                  number);
    }
    out.rows_[std::string(kind)].emplace_back(row.substr(tab + 1));
  }
  if (out.of("month").size() != months) {
    return fail(ErrorCode::corrupt, "{}, line {}: not a row of this table", "kakaotalk.tsv", 0);
  }
  return out;
}

Result<const KakaoWords*> KakaoWords::installed() {
  static const Result<KakaoWords> words = read_installed();
  if (!words.ok()) return words.error();
  return &*words;
}

const std::vector<std::string>& KakaoWords::of(std::string_view kind) const {
  static const std::vector<std::string> none;
  const auto found = rows_.find(kind);
  return found == rows_.end() ? none : found->second;
}

bool KakaoWords::is_placeholder(std::string_view text) const {
  if (text.find('\n') != std::string_view::npos) return false;
  const auto begins = [&](const std::string& word) { return text.starts_with(word); };
  const auto number = [&](const std::string& word) { return counts(text, word); };
  return std::ranges::find(of("placeholder"), text) != of("placeholder").end() ||
         std::ranges::any_of(of("placeholder_begin"), begins) ||
         std::ranges::any_of(of("placeholder_count"), number);
}

bool KakaoWords::is_system(std::string_view line) const {
  if (line.size() > system_bytes_max) return false;
  const auto ends = [&](const std::string& word) { return line.ends_with(word); };
  const bool english = line.ends_with('.') && line.find(invited) != std::string_view::npos;
  return english || std::ranges::any_of(of("system_end"), ends);
}

std::optional<std::string> KakaoWords::title(std::string_view line) const {
  line = stripped(line);
  for (const std::string& end : of("title_end")) {
    if (line.ends_with(end)) return std::string(stripped(line.substr(0, line.size() - end.size())));
  }
  for (const std::string& end : of("title_end_count")) {
    if (!line.ends_with(end)) continue;
    const std::string_view name = stripped(line.substr(0, line.size() - end.size()));
    const std::size_t blank = name.rfind(' ');
    const bool counted = blank != std::string_view::npos && digits(name.substr(blank + 1));
    return std::string(stripped(counted ? name.substr(0, blank) : name));
  }
  for (const std::string& begin : of("title_begin")) {
    if (line.starts_with(begin)) return std::string(stripped(line.substr(begin.size())));
  }
  return std::nullopt;
}

}  // namespace mbe::importers
