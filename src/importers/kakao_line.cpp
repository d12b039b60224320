#include "importers/kakao_line.h"

#include <algorithm>

namespace mbe::importers {

namespace {

using Kind = KakaoLine::Kind;

constexpr std::string_view sender_end = " : ";
constexpr std::size_t sender_bytes_max = 300;
constexpr std::string_view dashes = "----------";

/// Takes pieces off the front of a text.
struct Cut {
  std::string_view rest;
  const KakaoWords* words;

  /// Blanks, also the ones that do not break.
  void blanks() {
    constexpr std::string_view wide[] = {"\xc2\xa0", "\xe2\x80\xaf"};
    while (!rest.empty()) {
      if (rest.front() == ' ') {
        rest.remove_prefix(1);
      } else if (rest.starts_with(wide[0]) || rest.starts_with(wide[1])) {
        rest.remove_prefix(rest.starts_with(wide[0]) ? wide[0].size() : wide[1].size());
      } else {
        return;
      }
    }
  }
  bool take(std::string_view text) {
    if (!rest.starts_with(text)) return false;
    rest.remove_prefix(text.size());
    return true;
  }
  bool take_word(std::string_view kind) {
    return std::ranges::any_of(words->of(kind),
                               [&](const std::string& word) { return take(word); });
  }
  /// 1 … `digits_max` digits.
  std::optional<int> number(std::size_t digits_max) {
    const std::size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (end == 0 || end > digits_max) return std::nullopt;
    int out = 0;
    for (const char c : rest.substr(0, end)) out = out * 10 + (c - '0');
    rest.remove_prefix(end);
    return out;
  }
  std::optional<unsigned> month() {
    const std::vector<std::string>& rows = words->of("month");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::string_view names = rows[i]; !names.empty();) {
        const std::size_t blank = std::min(names.find(' '), names.size());
        if (take(names.substr(0, blank))) return static_cast<unsigned>(i + 1);
        names.remove_prefix(std::min(blank + 1, names.size()));
      }
    }
    return std::nullopt;
  }
};

std::optional<CivilDate> checked(std::optional<int> year, std::optional<int> month,
                                 std::optional<int> day) {
  if (!year || !month || !day || *year < 1900 || *month < 1 || *month > 12 || *day < 1) {
    return std::nullopt;
  }
  const CivilDate date{*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day)};
  return civil_from_days(days_from_civil(date)) == date ? std::optional(date) : std::nullopt;
}

/// `2026년 10월 1일`, `2026. 10. 1.`, `October 1, 2026`.
std::optional<CivilDate> take_date(Cut& cut) {
  Cut at = cut;
  std::optional<int> year, month, day;
  if (const auto named = at.month()) {
    month = static_cast<int>(*named);
    at.take(".");
    at.blanks();
    day = at.number(2);
    if (!at.take(",")) return std::nullopt;
    at.blanks();
    year = at.number(4);
  } else {
    year = at.number(4);
    const bool korean = at.take("년");
    if (!korean && !at.take(".")) return std::nullopt;
    at.blanks();
    month = at.number(2);
    if (!at.take(korean ? "월" : ".")) return std::nullopt;
    at.blanks();
    day = at.number(2);
    if (!at.take(korean ? "일" : ".")) return std::nullopt;
  }
  const auto date = checked(year, month, day);
  if (date) cut = at;
  return date;
}

struct Clock {
  int second_of_day = 0;
  bool halved = false;  ///< it says which half of the day
};

/// `오후 3:15`, `15:16`, `3:15 PM`, `PM 3:15`, each also with seconds.
std::optional<Clock> take_clock(Cut& cut) {
  Cut at = cut;
  bool morning = at.take_word("morning");
  bool afternoon = !morning && at.take_word("afternoon");
  at.blanks();
  const auto hour = at.number(2);
  if (!hour || !at.take(":")) return std::nullopt;
  const auto minute = at.number(2);
  const auto second = at.take(":") ? at.number(2) : std::optional<int>(0);
  if (!minute || !second || *minute > 59 || *second > 59) return std::nullopt;
  if (!morning && !afternoon) {
    Cut behind = at;
    behind.blanks();
    morning = behind.take_word("morning");
    afternoon = !morning && behind.take_word("afternoon");
    if (morning || afternoon) at = behind;
  }
  Clock out{0, morning || afternoon};
  if (*hour > 23 || (out.halved && *hour > 12)) return std::nullopt;
  const int in_day = !out.halved ? *hour : *hour % 12 + (afternoon ? 12 : 0);
  out.second_of_day = in_day * 3'600 + *minute * 60 + *second;
  cut = at;
  return out;
}

/// A line that says of which day the following is.
std::optional<KakaoLine> read_day(std::string_view line, const KakaoWords& words) {
  const bool ruled = line.starts_with(dashes);
  Cut cut{line, &words};
  while (cut.take("-")) {
  }
  cut.blanks();
  bool weekday = cut.take_word("weekday");
  cut.take(",");
  cut.blanks();
  KakaoLine out{.kind = Kind::day};
  out.day = take_date(cut);
  cut.blanks();
  weekday = cut.take_word("weekday") || weekday;
  cut.blanks();
  while (cut.take("-")) {
  }
  cut.blanks();
  if (out.day && cut.rest.empty() && (ruled || weekday)) return out;
  const bool digits = line.find_first_of("0123456789") != std::string_view::npos;
  if (!ruled || !digits || !line.ends_with(dashes)) return std::nullopt;
  return KakaoLine{.kind = Kind::broken_day};
}

/// `[name] [time] text`; a name may hold brackets.
std::optional<KakaoLine> read_bracketed(std::string_view line, const KakaoWords& words) {
  if (!line.starts_with('[')) return std::nullopt;
  for (std::size_t end = line.find("] [", 1);
       end != std::string_view::npos && end < sender_bytes_max; end = line.find("] [", end + 1)) {
    Cut cut{line.substr(end + 3), &words};
    const auto clock = take_clock(cut);
    if (!clock || !cut.take("]")) continue;
    cut.take(" ");
    const std::string_view name = line.substr(1, end - 1);
    return KakaoLine{.kind = name.empty() ? Kind::system : Kind::message,
                     .speaker = name,
                     .text = cut.rest,
                     .second_of_day = clock->second_of_day};
  }
  return std::nullopt;
}

/// Where the name of the sender ends; nothing where there is none.
std::optional<std::size_t> sender_of(std::string_view text, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (text.starts_with(name) && text.substr(name.size()).starts_with(sender_end)) {
      return name.size();
    }
  }
  const std::size_t end = text.find(sender_end);
  if (end != std::string_view::npos) {
    return end > 0 && end < sender_bytes_max ? std::optional(end) : std::nullopt;
  }
  return text.ends_with(" :") && text.size() > 2 ? std::optional(text.size() - 2) : std::nullopt;
}

/// `date time, name : text`; with a line for each day also `time, name : text`.
std::optional<KakaoLine> read_stamped(std::string_view line, const KakaoWords& words,
                                      const std::vector<std::string>& names) {
  Cut cut{line, &words};
  KakaoLine out;
  out.day = take_date(cut);
  if (out.day) {
    if (!cut.take(",")) cut.take(" at");
    cut.blanks();
  }
  const auto clock = take_clock(cut);
  if (!clock || (!out.day && !clock->halved)) return std::nullopt;
  out.second_of_day = clock->second_of_day;
  cut.blanks();
  if (cut.rest.empty() && out.day) {
    out.kind = Kind::day;
    return out;
  }
  const bool told = out.day && (cut.take(": ") || cut.rest == ":");
  if (told) {
    out.kind = Kind::system;
    return out;
  }
  if (!cut.take(", ")) return std::nullopt;
  if (const auto end = sender_of(cut.rest, names)) {
    out.kind = Kind::message;
    out.speaker = cut.rest.substr(0, *end);
    out.text = cut.rest.substr(std::min(*end + sender_end.size(), cut.rest.size()));
    return out;
  }
  if (!out.day) return std::nullopt;
  out.kind = Kind::system;
  return out;
}

}  // namespace

KakaoLine read_kakao_line(std::string_view line, const KakaoWords& words,
                          const std::vector<std::string>& names) {
  if (const auto message = read_bracketed(line, words)) return *message;
  if (const auto day = read_day(line, words)) return *day;
  if (const auto stamped = read_stamped(line, words, names)) return *stamped;
  if (words.is_system(line)) return {.kind = Kind::system};
  return {};
}

}  // namespace mbe::importers
