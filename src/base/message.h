// Texts for people in their own language. English format strings are written where they are used
// and are the keys of a table `English<TAB>translation`, one row a line (data/messages/ko.tsv).
// Holes: `{}` in order, or `{0}` `{1}` … in a translation whose order differs. `\n`, `\t` and `\\`
// stand for a line break, a tab and a backslash; `# ` starts a comment line. A text without a row
// is shown in English. Immutable after loading: any thread may ask.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

class Catalog {
 public:
  /// English: every text is its own translation.
  Catalog() = default;

  /// Reads a table. Errors: corrupt (a row without tab, an unknown escape, a hole that the English
  /// text does not have, a text given twice), each with its line.
  [[nodiscard]] static Result<Catalog> parse(std::string_view table);
  /// Errors: io (cannot be read), and those of parse.
  [[nodiscard]] static Result<Catalog> load(const std::filesystem::path& file);

  /// True if the table has a row for the English text.
  [[nodiscard]] bool has(std::string_view english) const { return rows_.contains(english); }
  /// The translation with its holes filled.
  [[nodiscard]] std::string text(std::string_view english,
                                 const std::vector<std::string>& arguments = {}) const;
  /// A message, or that of an error.
  [[nodiscard]] std::string text(const Message& message) const {
    return text(message.format(), message.arguments());
  }

 private:
  std::map<std::string, std::string, std::less<>> rows_;
};

/// Fills `{}` in order and `{N}` by number; a hole without an argument stays as it is written.
[[nodiscard]] std::string fill_numbered(std::string_view format,
                                        const std::vector<std::string>& arguments);

}  // namespace mbe
