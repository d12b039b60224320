#include "importers/zone.h"

#include <unicode/ucal.h>

#include <array>
#include <vector>

#include "base/datetime.h"

namespace mbe {
namespace {

constexpr int offset_minutes_max = 18 * 60;

std::vector<UChar> utf16(const std::string& ascii) {
  std::vector<UChar> out;
  for (const char c : ascii) out.push_back(static_cast<UChar>(static_cast<unsigned char>(c)));
  out.push_back(0);
  return out;
}

/// The offset of a named zone, or nothing if ICU fails.
std::optional<int> offset_of(const std::string& name, TimeMs time) {
  UErrorCode status = U_ZERO_ERROR;
  const std::vector<UChar> wide = utf16(name);
  UCalendar* calendar = ucal_open(wide.data(), -1, "en", UCAL_GREGORIAN, &status);
  if (U_FAILURE(status)) return std::nullopt;
  ucal_setMillis(calendar, static_cast<UDate>(time), &status);
  const int32_t ms =
      ucal_get(calendar, UCAL_ZONE_OFFSET, &status) + ucal_get(calendar, UCAL_DST_OFFSET, &status);
  ucal_close(calendar);
  return U_FAILURE(status) ? std::nullopt : std::optional<int>(ms / 60'000);
}

/// `+09:00`, `-0330`, `+9`; nothing for anything else.
std::optional<int> fixed_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string digits;
  for (const char c : text.substr(1)) {
    if (c == ':' && digits.size() == 2) continue;
    if (c < '0' || c > '9') return std::nullopt;
    digits += c;
  }
  if (digits.size() == 1) digits = "0" + digits;
  if (digits.size() == 2) digits += "00";
  if (digits.size() != 4) return std::nullopt;
  const int minutes = std::stoi(digits.substr(0, 2)) * 60 + std::stoi(digits.substr(2));
  if (minutes > offset_minutes_max) return std::nullopt;
  return text[0] == '-' ? -minutes : minutes;
}

bool known_zone(const std::string& name) {
  UErrorCode status = U_ZERO_ERROR;
  const std::vector<UChar> wide = utf16(name);
  std::array<UChar, 128> canonical{};
  UBool is_system = 0;
  ucal_getCanonicalTimeZoneID(wide.data(), -1, canonical.data(),
                              static_cast<int32_t>(canonical.size()), &is_system, &status);
  return U_SUCCESS(status) && is_system;
}

}  // namespace

Zone Zone::fixed(int offset_minutes) {
  Zone zone;
  zone.fixed_ = offset_minutes;
  return zone;
}

Zone Zone::local() {
  std::array<UChar, 128> wide{};
  UErrorCode status = U_ZERO_ERROR;
  const int32_t length =
      ucal_getHostTimeZone(wide.data(), static_cast<int32_t>(wide.size()), &status);
  Zone zone;
  if (U_FAILURE(status)) return zone;
  for (int32_t i = 0; i < length; ++i) {
    zone.name_ += static_cast<char>(wide[static_cast<std::size_t>(i)]);
  }
  if (!known_zone(zone.name_)) zone.name_.clear();
  return zone;
}

Result<Zone> Zone::parse(const std::string& text) {
  if (text == "local") return local();
  if (text == "UTC" || text == "Z") return fixed(0);
  if (const auto offset = fixed_offset(text)) return fixed(*offset);
  if (!known_zone(text)) {
    return fail(ErrorCode::invalid_argument,
                "unknown time zone {}: give UTC, local, +09:00 or a name such as Asia/Seoul", text);
  }
  Zone zone;
  zone.name_ = text;
  return zone;
}

int Zone::offset_minutes(TimeMs time) const {
  if (name_.empty()) return fixed_;
  return offset_of(name_, time).value_or(0);
}

std::optional<TimeMs> Zone::parse_time(std::string_view text) const {
  const auto as_utc = mbe::parse_time(text, 0);
  if (!as_utc) return std::nullopt;
  const auto shifted = mbe::parse_time(text, 60);
  if (*shifted == *as_utc) return as_utc;  // it names its own zone
  const TimeMs guess = *as_utc - offset_minutes(*as_utc) * 60'000LL;
  return *as_utc - offset_minutes(guess) * 60'000LL;
}

std::string Zone::format(TimeMs time) const {
  std::string text = format_time(time + offset_minutes(time) * 60'000LL).substr(0, 16);
  text[10] = ' ';
  return text;
}

}  // namespace mbe
