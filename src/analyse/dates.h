// Dates that a text mentions, relative ones resolved against the event time: 어제, 지난주 금요일,
// 3일 전, 작년 가을, last Friday, two weeks ago, March 5. Words: data/lexicon/dates.tsv; rules:
// docs/formulas/dates.md. Immutable after open(); any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyse/analysis.h"
#include "analyse/table.h"
#include "base/datetime.h"
#include "base/result.h"

namespace mbe::analyse {

/// A mention in normal text: bytes and days, both ends included.
struct DateSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::int64_t from_day = 0;  ///< days since 1970-01-01
  std::int64_t until_day = 0;
};

/// In which direction a date without year or week lies.
enum class Tense : std::uint8_t { past, future, unknown };

class Dates {
 public:
  /// Errors: io, corrupt (a row of unknown kind or value).
  [[nodiscard]] static Result<Dates> open(const std::filesystem::path& file);

  /// Mentions in order. today: the event's local day. O(n × longest word).
  [[nodiscard]] std::vector<DateSpan> find(std::string_view text, std::int64_t today,
                                           Tense tense) const;

 private:
  enum class Kind : std::uint8_t {
    day,
    week,
    month,
    year,
    weekday,
    season,
    month_name,
    weekend,
    number,
    unit_day,
    unit_week,
    unit_month,
    unit_year,
    ago,
    later,
    modifier,
    month_suffix,
    day_suffix,
    year_suffix,
    full_date,
  };
  struct Item {
    Kind kind;
    int value = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
    bool written_number = false;
  };
  struct Word {
    Kind kind;
    int value;
  };
  struct Fields;
  class Parser;
  [[nodiscard]] std::vector<Item> items(std::string_view text) const;
  StringMap<Word> words_;
  std::unordered_map<std::uint32_t, std::size_t> bytes_max_;  ///< first character → longest word
};

}  // namespace mbe::analyse
