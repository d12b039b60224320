#include <algorithm>
#include <array>
#include <charconv>

#include "analyse/calendar.h"
#include "analyse/dates.h"
#include "analyse/normal_text.h"
#include "base/utf8.h"

namespace mbe::analyse {
namespace {

constexpr std::array<std::string_view, 19> kind_names{
    "day",     "week",     "month",        "year",       "weekday",    "season",    "month_name",
    "weekend", "number",   "unit_day",     "unit_week",  "unit_month", "unit_year", "ago",
    "later",   "modifier", "month_suffix", "day_suffix", "year_suffix"};
constexpr int number_max = 9999;

bool ascii_letter(char c) {
  return is_ascii_letter(static_cast<unsigned char>(c));
}
bool digit(char c) {
  return is_digit(static_cast<unsigned char>(c));
}

/// An ASCII letter, or the bytes of a longer character as far as three.
std::uint32_t first_character(std::string_view text) {
  std::uint32_t value = 0;
  for (const char c : text.substr(0, 3)) {
    value = value << 8U | static_cast<unsigned char>(c);
    if (value < 0x80) break;
  }
  return value;
}

}  // namespace

Result<Dates> Dates::open(const std::filesystem::path& file) {
  MBE_ASSIGN(const auto rows, read_table(file, 3, 3));
  Dates dates;
  for (const auto& row : rows) {
    const auto found = std::find(kind_names.begin(), kind_names.end(), row.columns[1]);
    int value = 0;
    const auto& number = row.columns[2];
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
    if (found == kind_names.end() || parsed.ec != std::errc()) {
      return fail(ErrorCode::corrupt, "{} line {}: {} is unknown: correct it", file.string(),
                  row.line, row.columns[1] + " " + number);
    }
    auto& longest = dates.bytes_max_[first_character(row.columns[0])];
    longest = std::max(longest, row.columns[0].size());
    dates.words_.emplace(row.columns[0],
                         Word{static_cast<Kind>(found - kind_names.begin()), value});
  }
  return dates;
}

std::vector<Dates::Item> Dates::items(std::string_view text) const {
  std::vector<Item> out;
  bool word_start = true;
  for (std::size_t at = 0; at < text.size();) {
    if (digit(text[at]) && word_start) {
      if (const auto full = full_date(text, at)) {
        out.push_back({Kind::full_date, full->first, at, full->second, false});
        at = full->second;
        word_start = false;
        continue;
      }
      int value = 0;
      const auto* begin = text.data() + at;
      const auto parsed = std::from_chars(begin, text.data() + text.size(), value);
      const auto end = static_cast<std::size_t>(parsed.ptr - text.data());
      if (parsed.ec == std::errc() && value <= number_max) {
        out.push_back({Kind::number, value, at, end, false});
      }
      at = std::max(end, at + 1);
      word_start = true;  // 3일, 5월: a unit follows at once
      continue;
    }
    const bool hangul = static_cast<unsigned char>(text[at]) >= 0xE0;
    const bool after_number =
        !out.empty() && out.back().kind == Kind::number && out.back().end == at;
    if (word_start || after_number) {
      bool taken = false;
      const auto longest = bytes_max_.find(first_character(text.substr(at)));
      const auto bytes = longest == bytes_max_.end() ? 0 : longest->second;
      for (auto length = std::min(bytes, text.size() - at); length > 0; --length) {
        const auto found = words_.find(text.substr(at, length));
        if (found == words_.end()) continue;
        const auto end = at + length;
        if (ascii_letter(text[end - 1]) && end < text.size() && ascii_letter(text[end])) continue;
        out.push_back(
            {found->second.kind, found->second.value, at, end, found->second.kind == Kind::number});
        at = end;
        taken = true;
        break;
      }
      if (taken) {
        word_start = at >= text.size() || hangul || !ascii_letter(text[at]);
        continue;
      }
    }
    if (hangul || static_cast<unsigned char>(text[at]) >= 0x80) {
      static_cast<void>(next_code_point(text, at));
      word_start = false;
    } else {
      word_start = !ascii_letter(text[at]) && !digit(text[at]);
      ++at;
    }
  }
  return out;
}

}  // namespace mbe::analyse
