#include "analyse/amounts.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "analyse/normal_text.h"

namespace mbe::analyse {
namespace {

constexpr std::size_t digits_max = 18;
constexpr double value_max = 1e15;

bool digit(char c) {
  return is_digit(static_cast<unsigned char>(c));
}
bool letter(char c) {
  return is_ascii_letter(static_cast<unsigned char>(c));
}

bool is_time(std::string_view unit) {
  return unit == "s";
}

}  // namespace

Result<Amounts> Amounts::open(const std::filesystem::path& file) {
  MBE_ASSIGN(const auto rows, read_table(file, 3, 3));
  Amounts amounts;
  for (const auto& row : rows) {
    Unit unit;
    unit.name = row.columns[1] == "x" ? std::string() : row.columns[1];
    const auto& number = row.columns[2];
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), unit.factor);
    if (parsed.ec != std::errc() || unit.factor <= 0) {
      return fail(ErrorCode::corrupt, "{} line {}: {} is unknown: correct it", file.string(),
                  row.line, number);
    }
    amounts.unit_bytes_max_ = std::max(amounts.unit_bytes_max_, row.columns[0].size());
    amounts.units_.emplace(row.columns[0], std::move(unit));
  }
  return amounts;
}

const Amounts::Unit* Amounts::unit_at(std::string_view text, std::size_t at,
                                      std::size_t& end) const {
  for (auto length = std::min(unit_bytes_max_, text.size() - at); length > 0; --length) {
    const auto word = text.substr(at, length);
    const auto found = units_.find(word);
    if (found == units_.end()) continue;
    if (letter(word.back()) && at + length < text.size() && letter(text[at + length])) continue;
    end = at + length;
    return &found->second;
  }
  return nullptr;
}

bool Amounts::read_number(std::string_view text, std::size_t begin, Number& out) const {
  std::string digits;
  auto at = begin;
  while (at < text.size()) {
    if (digit(text[at])) {
      digits.push_back(text[at++]);
    } else if (text[at] == ',' && at + 3 < text.size() && digit(text[at + 1]) &&
               digit(text[at + 2]) && digit(text[at + 3]) &&
               (at + 4 >= text.size() || !digit(text[at + 4]))) {
      ++at;
    } else if (text[at] == '.' && at + 1 < text.size() && digit(text[at + 1]) &&
               digits.find('.') == std::string::npos) {
      digits.push_back(text[at++]);
    } else {
      break;
    }
  }
  if (digits.size() > digits_max) return false;
  out.value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out.value);
  out.unit = nullptr;
  out.end = at;
  while (true) {
    auto look = out.end;
    if (look < text.size() && text[look] == ' ') ++look;
    std::size_t unit_end = 0;
    const auto* unit = unit_at(text, look, unit_end);
    if (unit == nullptr) return true;
    out.end = unit_end;
    out.value *= unit->factor;
    if (!unit->name.empty()) {
      out.unit = unit;
      return true;
    }
    // 3억 5천만원: a multiplier may be followed by a smaller number.
    auto next = out.end;
    if (next < text.size() && text[next] == ' ') ++next;
    if (next < text.size() && digit(text[next]) && out.value >= 10000) {
      Number rest;
      if (read_number(text, next, rest) && rest.value < out.value && rest.unit != nullptr &&
          rest.unit->factor == 1.0) {
        out.value += rest.value;
        out.unit = rest.unit;
        out.end = rest.end;
        return true;
      }
    }
  }
}

std::vector<std::string> Amounts::find(std::string_view text) const {
  std::vector<std::string> out;
  double seconds = 0;
  std::size_t time_end = 0;
  std::size_t time_parts = 0;
  const auto flush = [&] {
    if (time_parts > 1) out.push_back(number_text(seconds) + "s");
    seconds = 0;
    time_parts = 0;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (!digit(text[at])) {
      ++at;
      continue;
    }
    const bool inside_word = at > 0 && letter(text[at - 1]);
    Number number;
    if (inside_word || !read_number(text, at, number) || number.value > value_max) {
      while (at < text.size() && (digit(text[at]) || letter(text[at]))) ++at;
      continue;
    }
    const auto value = number_text(number.value);
    if (number.unit == nullptr) {
      out.push_back(value);
    } else {
      if (number.unit->factor == 1.0 && !is_time(number.unit->name)) out.push_back(value);
      out.push_back(value + number.unit->name);
    }
    if (number.unit != nullptr && is_time(number.unit->name)) {
      if (time_parts > 0 && at > time_end + 1) flush();
      seconds += number.value;
      time_end = number.end;
      ++time_parts;
    } else {
      flush();
    }
    at = std::max(number.end, at + 1);
  }
  flush();
  return out;
}

std::string number_text(double value) {
  if (value == std::floor(value)) return fmt::format("{:.0f}", value);
  auto text = fmt::format("{:.4f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace mbe::analyse
