// A JSON text, read where it stands: what a request holds is found by its place, so that something
// can be put into it while every other byte - unknown members, numbers as they were written, order,
// white space - stays as it came. Nothing is built but what is asked for. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

/// Whether the text is one JSON value in UTF-8, nested at most 64 deep. O(n).
/// Errors: invalid_argument.
[[nodiscard]] Result<void> check_json(std::string_view text);

/// A value of a text that check_json accepted; it lives as long as that.
class JsonSpan {
 public:
  /// White space around the value is left out.
  explicit JsonSpan(std::string_view text);

  [[nodiscard]] bool is_object() const { return raw_.starts_with('{'); }
  [[nodiscard]] bool is_array() const { return raw_.starts_with('['); }
  [[nodiscard]] bool is_string() const { return raw_.starts_with('"'); }
  /// As it stands in the text, whose bytes it points into.
  [[nodiscard]] std::string_view raw() const { return raw_; }
  /// The last member of that name; nothing if there is none, or this is no object. O(n).
  [[nodiscard]] std::optional<JsonSpan> member(std::string_view name) const;
  /// What an array holds; nothing of anything else. O(n).
  [[nodiscard]] std::vector<JsonSpan> items() const;
  /// The text of a string, its escapes resolved; empty for anything else.
  [[nodiscard]] std::string text() const;
  /// The text of the member of that name, if that is a string; else empty.
  [[nodiscard]] std::string text_of(std::string_view name) const;

 private:
  std::string_view raw_;
};

/// The characters as they stand between the quotes of a JSON string.
[[nodiscard]] std::string json_escaped(std::string_view text);

}  // namespace mbe
