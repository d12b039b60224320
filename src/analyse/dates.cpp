#include "analyse/dates.h"

#include <algorithm>
#include <array>
#include <optional>

#include "analyse/calendar.h"
#include "analyse/normal_text.h"

namespace mbe::analyse {
namespace {

constexpr std::int64_t days_max = 2932896;  // 9999-12-31

constexpr std::array<std::string_view, 12> before_months{
    "in", "on", "of", "since", "by", "until", "during", "last", "next", "this", "early", "late"};

bool is_year(int value) {
  return value >= 1900 && value <= 2200;
}
bool ascii_letter(char c) {
  return is_ascii_letter(static_cast<unsigned char>(c));
}

}  // namespace

/// What a run of neighbouring items adds up to.
struct Dates::Fields {
  std::optional<int> day_offset, week_offset, month_offset, year_offset, weekday, season, month,
      day, year, modifier, full;
  bool weekend = false;
  bool month_day = false;  ///< "on the 14th": a day of the month, no month named

  [[nodiscard]] bool dated() const {
    return full || month_day || day_offset || week_offset || month_offset || year_offset ||
           weekday || season || month || year || weekend;
  }
};

class Dates::Parser {
 public:
  Parser(std::string_view text, std::vector<Item> items, std::int64_t today, Tense tense)
      : text_(text), items_(std::move(items)), today_(today), tense_(tense) {}

  std::vector<DateSpan> run() {
    for (std::size_t i = 0; i < items_.size();) {
      Fields fields;
      auto end = i;
      while (end < items_.size() && (end == i || adjacent(end)) && take(fields, end)) continue;
      if (end == i) {
        ++i;
        continue;
      }
      if (fields.dated()) {
        const auto [from, until] = resolve(fields);
        if (from >= 0 - days_max / 4 && until <= days_max) {
          out_.push_back({items_[i].begin, items_[end - 1].end, from, until});
        }
      }
      i = end;
    }
    return std::move(out_);
  }

 private:
  /// Only blanks, commas and small words lie between item i and the one before.
  [[nodiscard]] bool adjacent(std::size_t i) const {
    auto between = text_.substr(items_[i - 1].end, items_[i].begin - items_[i - 1].end);
    for (const std::string_view small : {"의", "에", "of", "the", "on", "in", "at"}) {
      if (const auto at = between.find(small);
          at != std::string_view::npos && between.size() <= small.size() + 2) {
        return true;
      }
    }
    return between.find_first_not_of(" ,") == std::string_view::npos;
  }

  [[nodiscard]] const Item* next(std::size_t i) const {
    return i < items_.size() && adjacent(i) ? &items_[i] : nullptr;
  }

  static bool set(std::optional<int>& field, int value) {
    if (field) return false;
    field = value;
    return true;
  }

  /// The field that an item of this kind says outright; null: none.
  static std::optional<int>* field_of(Fields& f, Kind kind) {
    switch (kind) {
      case Kind::day:
        return &f.day_offset;
      case Kind::week:
        return &f.week_offset;
      case Kind::month:
        return &f.month_offset;
      case Kind::year:
        return &f.year_offset;
      case Kind::weekday:
        return &f.weekday;
      case Kind::season:
        return &f.season;
      case Kind::full_date:
        return &f.full;
      default:
        return nullptr;
    }
  }

  /// A day of the month in digits.
  [[nodiscard]] static bool is_day(const Item* item) {
    return item != nullptr && item->kind == Kind::number && !item->written_number &&
           item->value >= 1 && item->value <= 31;
  }

  /// "may" is a month only beside a day or a year, or after a word that goes before months.
  [[nodiscard]] bool means_month(std::size_t i) const {
    if (text_.substr(items_[i].begin, items_[i].end - items_[i].begin) != "may") return true;
    const Item* const after = next(i + 1);
    const bool year = after != nullptr && after->kind == Kind::number && is_year(after->value);
    const bool day_before =
        i > 0 && adjacent(i) && (is_day(&items_[i - 1]) || items_[i - 1].kind == Kind::day_suffix);
    return is_day(after) || year || day_before || preceded_by(i, before_months);
  }

  bool take(Fields& f, std::size_t& i) const {
    const auto& item = items_[i];
    bool ok = false;
    switch (item.kind) {
      case Kind::month_name:
        ok = means_month(i) && set(f.month, item.value);
        break;
      case Kind::weekend:
        ok = !f.weekend;
        f.weekend = true;
        if (item.value != 0) f.modifier = item.value;
        break;
      case Kind::modifier:
        ok = take_modifier(f, i);
        break;
      case Kind::number:
        return take_number(f, i);
      default:
        if (auto* const field = field_of(f, item.kind)) ok = set(*field, item.value);
    }
    if (ok) ++i;
    return ok;
  }

  /// last, next, this: only before a weekday, a season, a month's name or the weekend.
  bool take_modifier(Fields& f, std::size_t i) const {
    const auto* after = next(i + 1);
    const bool fits =
        after != nullptr && (after->kind == Kind::weekday || after->kind == Kind::season ||
                             after->kind == Kind::month_name || after->kind == Kind::weekend);
    return fits && set(f.modifier, items_[i].value);
  }

  bool take_number(Fields& f, std::size_t& i) const {
    const int value = items_[i].value;
    const auto* unit = next(i + 1);
    if (unit == nullptr) {
      if (f.month && !f.day && value >= 1 && value <= 31 && !items_[i].written_number) {
        f.day = value;
        ++i;
        return true;
      }
      if (f.month && !f.year && is_year(value)) {
        f.year = value;
        ++i;
        return true;
      }
      if (!f.dated() && value >= 1950 && value <= 2100 && preceded_by_in(i)) {
        f.year = value;
        ++i;
        return true;
      }
      return false;
    }
    if (is_day(&items_[i]) && take_day_month(f, i)) return true;
    if (f.month && !f.day && is_day(&items_[i]) && unit->kind == Kind::number) {
      f.day = value;
      ++i;
      return true;
    }
    if (f.month && !f.year && is_year(value) && unit->begin > items_[i].end) {
      f.year = value;
      ++i;
      return true;
    }
    const auto* direction = next(i + 2);
    const int sign = direction == nullptr             ? 0
                     : direction->kind == Kind::ago   ? -1
                     : direction->kind == Kind::later ? 1
                                                      : 0;
    if (sign != 0 && take_distance(f, unit->kind, sign * value)) {
      i += 3;
      return true;
    }
    const bool touching = unit->begin == items_[i].end;
    if (preceded_by_in(i) && !touching && take_distance(f, unit->kind, value)) {
      i += 2;
      return true;
    }
    return touching && take_calendar(f, unit->kind, value, i);
  }

  /// 3 June, 3rd of June.
  bool take_day_month(Fields& f, std::size_t& i) const {
    const std::size_t step = next(i + 1)->kind == Kind::day_suffix ? 2 : 1;
    const Item* const month = next(i + step);
    if (month == nullptr || month->kind != Kind::month_name || f.month || f.day) return false;
    if (!means_month(i + step)) return false;
    f.day = items_[i].value;
    f.month = month->value;
    i += step + 1;
    return true;
  }

  bool take_calendar(Fields& f, Kind unit, int value, std::size_t& i) const {
    bool ok = false;
    if (unit == Kind::month_suffix && value >= 1 && value <= 12) ok = set(f.month, value);
    if (unit == Kind::unit_day && (f.month || f.month_offset) && value >= 1 && value <= 31) {
      ok = set(f.day, value);
    }
    if (unit == Kind::day_suffix && value >= 1 && value <= 31 && f.month) ok = set(f.day, value);
    if (unit == Kind::day_suffix && value >= 1 && value <= 31 && !f.dated() && preceded_by_the(i)) {
      ok = set(f.day, value);
      f.month_day = true;
    }
    if (unit == Kind::unit_year && is_year(value)) ok = set(f.year, value);
    if (ok) i += 2;
    return ok;
  }

  static bool take_distance(Fields& f, Kind unit, int by) {
    switch (unit) {
      case Kind::unit_day:
        return set(f.day_offset, by);
      case Kind::unit_week:
        return set(f.day_offset, by * 7);
      case Kind::unit_month:
        return set(f.month_offset, by);
      case Kind::unit_year:
        return set(f.year_offset, by);
      default:
        return false;
    }
  }

  /// Whether one of these words, as a word of its own, stands right before item i.
  template <std::size_t n>
  [[nodiscard]] bool preceded_by(std::size_t i,
                                 const std::array<std::string_view, n>& words) const {
    auto before = text_.substr(0, items_[i].begin);
    if (!before.ends_with(' ')) return false;
    before.remove_suffix(1);
    return std::ranges::any_of(words, [&](std::string_view word) {
      if (!before.ends_with(word)) return false;
      return before.size() == word.size() || !ascii_letter(before[before.size() - word.size() - 1]);
    });
  }
  [[nodiscard]] bool preceded_by_the(std::size_t i) const {
    return preceded_by(i, std::array<std::string_view, 3>{"on the", "until the", "by the"});
  }
  [[nodiscard]] bool preceded_by_in(std::size_t i) const {
    return preceded_by(i, std::array<std::string_view, 2>{"in", "since"});
  }

  [[nodiscard]] std::pair<std::int64_t, std::int64_t> resolve(const Fields& f) const {
    if (f.full) return {*f.full, *f.full};
    if (f.month_day) return nearest_month_day(*f.day);
    if (f.day_offset) return {today_ + *f.day_offset, today_ + *f.day_offset};
    const auto monday = today_ - weekday(today_);
    if (f.week_offset) {
      const auto week = monday + std::int64_t{*f.week_offset} * 7;
      if (f.weekday) return {week + *f.weekday, week + *f.weekday};
      if (f.weekend) return {week + 5, week + 6};
      return {week, week + 6};
    }
    if (f.weekday) {
      const auto day = nearest_weekday(*f.weekday, f.modifier);
      return {day, day};
    }
    if (f.weekend) {
      auto saturday = monday + 5;
      if (f.modifier) saturday += std::int64_t{*f.modifier} * 7;
      if (!f.modifier && tense_ == Tense::past && saturday > today_) saturday -= 7;
      return {saturday, saturday + 1};
    }
    const auto now = month_of(today_);
    if (f.season) return season(*f.season, year_for(f, *f.season * 3));
    if (f.month) {
      const Month month{year_for(f, *f.month), *f.month};
      return f.day ? one_day(month, *f.day) : std::pair(first_day(month), last_day(month));
    }
    if (f.month_offset) {
      const auto month = add_months(now, *f.month_offset);
      return f.day ? one_day(month, *f.day) : std::pair(first_day(month), last_day(month));
    }
    const int year = f.year ? *f.year : now.year + f.year_offset.value_or(0);
    return {first_day({year, 1}), last_day({year, 12})};
  }

  /// last/next: strictly before/after today; none: by tense, the coming one if unknown, today
  /// included.
  [[nodiscard]] std::int64_t nearest_weekday(int wanted, std::optional<int> modifier) const {
    const auto ahead = (wanted - weekday(today_) + 7) % 7;
    if (modifier && *modifier < 0) return today_ + ahead - 7;
    if (modifier && *modifier > 0) return today_ + (ahead == 0 ? 7 : ahead);
    if (tense_ == Tense::past) return ahead == 0 ? today_ : today_ + ahead - 7;
    return today_ + ahead;
  }

  /// The day of this month; of the last or next one if the tense says so.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> nearest_month_day(int day) const {
    auto month = month_of(today_);
    const auto here = one_day(month, day);
    if (tense_ == Tense::past && here.first > today_) month = add_months(month, -1);
    if (tense_ != Tense::past && here.first < today_) month = add_months(month, 1);
    return one_day(month, day);
  }

  [[nodiscard]] int year_for(const Fields& f, int month) const {
    if (f.year) return *f.year;
    const auto now = month_of(today_);
    if (f.year_offset) return now.year + *f.year_offset;
    if (f.modifier && *f.modifier < 0) return month < now.month ? now.year : now.year - 1;
    if (f.modifier && *f.modifier > 0) return month > now.month ? now.year : now.year + 1;
    if (tense_ == Tense::past && month > now.month) return now.year - 1;
    if (tense_ == Tense::future && month < now.month) return now.year + 1;
    return now.year;
  }

  static std::pair<std::int64_t, std::int64_t> one_day(Month month, int day) {
    const auto at = std::min(first_day(month) + day - 1, last_day(month));
    return {at, at};
  }

  /// 1 spring (March to May) … 4 winter (December to February).
  static std::pair<std::int64_t, std::int64_t> season(int which, int year) {
    const Month start{year, which * 3};
    return {first_day(start), last_day(add_months(start, 2))};
  }

  std::string_view text_;
  std::vector<Item> items_;
  std::int64_t today_;
  Tense tense_;
  std::vector<DateSpan> out_;
};

std::vector<DateSpan> Dates::find(std::string_view text, std::int64_t today, Tense tense) const {
  auto found = items(text);
  if (found.empty()) return {};
  return Parser(text, std::move(found), today, tense).run();
}

}  // namespace mbe::analyse
