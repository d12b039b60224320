// Numbers with their units folded to one canonical term: 650만원 → 6500000 and 6500000won; 1시간
// 2분 11초 → 3731s; 14년 and "14 years" → 14y. Units and multipliers: data/lexicon/units.tsv.
// Immutable after open(); any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/table.h"
#include "base/result.h"

namespace mbe::analyse {

class Amounts {
 public:
  /// Errors: io, corrupt (a row that is neither a unit nor a multiplier).
  [[nodiscard]] static Result<Amounts> open(const std::filesystem::path& file);

  /// Canonical terms of every number in normal text, in order; a number without unit gives itself.
  [[nodiscard]] std::vector<std::string> find(std::string_view text) const;

 private:
  struct Unit {
    std::string name;  ///< canonical: won, s, y, kg …; empty for a multiplier
    double factor = 1;
  };
  struct Number {
    double value = 0;
    const Unit* unit = nullptr;
    std::size_t end = 0;
  };
  [[nodiscard]] bool read_number(std::string_view text, std::size_t begin, Number& out) const;
  [[nodiscard]] const Unit* unit_at(std::string_view text, std::size_t at, std::size_t& end) const;
  StringMap<Unit> units_;
  std::size_t unit_bytes_max_ = 0;
};

/// A number as a term: no exponent, at most 4 decimals, no trailing zeros.
[[nodiscard]] std::string number_text(double value);

}  // namespace mbe::analyse
