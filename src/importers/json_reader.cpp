#include "importers/json_reader.h"

#include <algorithm>
#include <cmath>

#include "base/utf8.h"
#include "importers/encoding.h"
#include "importers/json_scan.h"

namespace mbe::importers {

namespace {

constexpr std::size_t object_bytes_max = 64U << 20;
constexpr std::size_t first_window = 1U << 16;
constexpr std::size_t title_looked_at = 4'096;

/// The text that follows a key such as `"title"`; empty if there is none.
std::string title_in(std::string_view text) {
  text = text.substr(0, title_looked_at);
  for (const std::string_view key : {"\"title\"", "\"name\""}) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) continue;
    std::string_view rest = text.substr(at + key.size());
    const std::size_t begin = rest.find_first_not_of(": \t\r\n");
    if (begin == std::string_view::npos || rest[begin] != '"') continue;
    rest.remove_prefix(begin);
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
    if (end >= rest.size()) continue;
    const Json title = Json::parse(rest.substr(0, end + 1), nullptr, false);
    if (title.is_string()) return title.get<std::string>();
  }
  return {};
}

class JsonReader final : public Reader {
 public:
  JsonReader(Input input, const Settings& settings, Format format, const JsonForm& form)
      : Reader(std::move(input), settings, format), form_(form) {}

 private:
  Result<bool> read_on() override {
    MBE_TRY(input_.want(first_window));
    const std::string_view window = input_.window();
    if (window.empty()) {
      if (!any_ && !broken_) {
        out_.unreadable(1, fail(ErrorCode::invalid_argument, "no conversation in it"));
        any_ = true;
      }
      return false;
    }
    const std::size_t begin = window.find('{');
    input_.consume(std::min(begin, window.size()));
    if (begin == std::string_view::npos) return true;
    MBE_ASSIGN(const JsonScan scan, whole_object());
    if (scan.end != JsonScan::End::whole || !take(scan.at)) leave(scan);
    return true;
  }

  /// Reads on until the object at the window's front has ended.
  Result<JsonScan> whole_object() {
    while (true) {
      const JsonScan scan = scan_object(input_.window());
      const std::size_t had = input_.window().size();
      if (scan.end != JsonScan::End::cut || had >= object_bytes_max) return scan;
      MBE_TRY(input_.want(had * 2));
      if (input_.window().size() == had) return scan;
    }
  }

  /// The object as text that can be parsed.
  bool take(std::size_t bytes) {
    const JsonPlace place{input_.line(), title_};
    std::string_view text = input_.window().substr(0, bytes);
    std::string repaired;
    std::size_t damaged = 0;
    if (first_invalid_utf8(text)) {
      repaired = decode(text, Encoding::utf8, damaged);
      text = repaired;
    }
    const Json object = Json::parse(text, nullptr, false);
    if (object.is_discarded()) return false;
    if (damaged > 0) {
      out_.unreadable(place.line,
                      fail(ErrorCode::invalid_argument,
                           "{} bytes belong to no character; the rest of it is kept", damaged));
    }
    const bool known = visit(object, place);
    if (!known && !broken_) {
      out_.unreadable(place.line, fail(ErrorCode::invalid_argument, "no conversation in it"));
    }
    any_ = true;
    input_.consume(bytes);
    return true;
  }

  bool visit(const Json& value, const JsonPlace& place) {
    if (!value.is_structured()) return false;
    if (form_.whole(value, place, out_)) {
      title_.clear();
      broken_ = false;
      return true;
    }
    const bool known = form_.is_message(value);
    if (known) form_.message(value, place, out_);
    JsonPlace within = place;
    for (const char* key : {"title", "name"}) {
      if (std::string title = text_of(value, key); !title.empty()) within.title = std::move(title);
    }
    bool any = known;
    for (const Json& inner : value) any = visit(inner, within) || any;
    return any;
  }

  /// Goes on behind the opening bracket, to find what is sound inside.
  void leave(const JsonScan& scan) {
    const std::string_view before = input_.window().substr(0, scan.at);
    if (std::string title = title_in(before); !title.empty()) title_ = std::move(title);
    const std::uint64_t place = input_.bytes_read() + scan.at;
    const auto lines = static_cast<std::uint64_t>(std::ranges::count(before, '\n'));
    const bool large = scan.end == JsonScan::End::cut && before.size() >= object_bytes_max;
    // The objects around a broken one break at the same byte; one that is too large or too deep is
    // only read in pieces.
    if (!large && scan.end != JsonScan::End::deep && broken_at_ != place) {
      out_.unreadable(input_.line() + lines,
                      scan.end == JsonScan::End::cut
                          ? fail(ErrorCode::invalid_argument, "the file ends in the middle")
                          : fail(ErrorCode::invalid_argument, "not valid JSON at byte {}", place));
    }
    broken_ = true;
    broken_at_ = place;
    input_.consume(1);
  }

  const JsonForm& form_;
  std::string title_;
  bool any_ = false, broken_ = false;
  std::optional<std::uint64_t> broken_at_;
};

}  // namespace

std::unique_ptr<Reader> json_reader(Input input, const Settings& settings, Format format,
                                    const JsonForm& form) {
  return std::make_unique<JsonReader>(std::move(input), settings, format, form);
}

std::size_t JsonForm::messages_in(const Json& value) const {
  std::size_t out = is_message(value) ? 1 : 0;
  if (!value.is_structured()) return out;
  for (const Json& inner : value) out += messages_in(inner);
  return out;
}

std::string text_of(const Json& object, const char* key) {
  const Json& value = member_of(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

const Json& member_of(const Json& object, const char* key) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

std::optional<TimeMs> time_of(const Json& object, const char* key) {
  constexpr double milliseconds_from = 1e11;  // as seconds: the year 5138
  constexpr double seconds_max = 253'402'300'799;
  const Json& value = member_of(object, key);
  if (value.is_string()) return parse_time(value.get_ref<const std::string&>());
  if (!value.is_number()) return std::nullopt;
  double seconds = value.get<double>();
  if (seconds >= milliseconds_from) seconds /= 1'000;
  if (!(seconds > 0 && seconds <= seconds_max)) return std::nullopt;
  return static_cast<TimeMs>(std::llround(seconds * 1'000));
}

}  // namespace mbe::importers
