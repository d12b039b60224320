#include "transcript/line_id.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "transcript/memory_folder.h"

namespace mbe {

namespace {

constexpr std::size_t digest_characters = 8;
constexpr TimeMs day_ms = 86'400'000;
constexpr std::string_view root_prefix = "memory/";
constexpr std::string_view day_prefix = "day";
constexpr std::string_view part_prefix = "/part";

/// Takes a number in its only form off the front.
template <class T>
bool take_number(std::string_view& text, T& out) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  const auto characters = static_cast<std::size_t>(end - text.data());
  if (failed != std::errc() || (text.front() == '0' && characters > 1)) return false;
  text.remove_prefix(characters);
  return true;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string line_digest(std::string_view speaker, std::string_view text) {
  return to_hex(view(sha256({speaker, "\n", text}))).substr(0, digest_characters);
}

std::string day_name(const CivilDate& day) {
  return format_date(days_from_civil(day) * day_ms);
}

std::optional<CivilDate> parse_day(std::string_view name) {
  constexpr std::size_t characters = 10;
  const auto time = name.size() == characters ? parse_time(name) : std::nullopt;
  if (!time) return std::nullopt;
  const CivilDate day = civil_from_days(*time / day_ms - (*time % day_ms < 0 ? 1 : 0));
  return day_name(day) == name ? std::optional(day) : std::nullopt;
}

std::string to_source(const LineId& line) {
  return fmt::format("{}{}{}{}{}{}{}:{}:{}", root_prefix, line.user, line.user.empty() ? "" : "/",
                     day_prefix, day_name(line.day), part_prefix, line.part, line.ordinal,
                     line.digest);
}

std::optional<LineId> parse_line_source(std::string_view source) {
  constexpr std::size_t day_characters = 10;
  LineId out;
  if (!take(source, root_prefix)) return std::nullopt;
  const std::size_t slash = source.find('/');
  if (slash != std::string_view::npos && is_user_folder(source.substr(0, slash))) {
    out.user = source.substr(0, slash);
    source.remove_prefix(slash + 1);
  }
  if (!take(source, day_prefix)) return std::nullopt;
  const auto day = parse_day(source.substr(0, day_characters));
  if (!day) return std::nullopt;
  out.day = *day;
  source.remove_prefix(day_characters);
  if (!take(source, part_prefix) || !take_number(source, out.part)) return std::nullopt;
  if (!take(source, ":") || !take_number(source, out.ordinal)) return std::nullopt;
  if (!take(source, ":") || source.size() != digest_characters) return std::nullopt;
  out.digest = source;
  return out;
}

}  // namespace mbe
