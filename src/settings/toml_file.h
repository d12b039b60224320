// A configuration file as every one is read: TOML, each key asked for with its type and limits. A
// key that nobody asked for is a misspelling. Reading goes on past what is wrong; check() then
// tells what stands first in the file, as `FILE line N: …`. One thread. The files and their keys:
// docs/guide/server.md, circuits.md, docs/format/home.md.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mbe {

/// Bytes of a text, or of each in a list.
struct TextLimits {
  std::size_t min = 0, max = 4'096;
};

/// One table of a file; where the file has none by its name, one without keys. A value stays as it
/// was where its key is absent or wrong. Errors are kept for TomlFile::check.
class TomlTable {
 public:
  /// Whether the file has it.
  [[nodiscard]] bool exists() const;
  /// `FILE line N`, where it begins: for errors that others make.
  [[nodiscard]] std::string place() const;

  /// true or false.
  void flag(std::string_view key, bool& into) const;
  /// A text.
  void text(std::string_view key, std::string& into, TextLimits limits = {}) const;
  /// One of some texts.
  void choice(std::string_view key, const std::vector<std::string_view>& choices,
              std::string& into) const;
  /// A list of at most `items_max` texts.
  void texts(std::string_view key, std::vector<std::string>& into, std::size_t items_max,
             TextLimits limits = {}) const;
  /// A whole number from `least` to `most`.
  template <std::integral Number>
  void number(std::string_view key, std::int64_t least, std::int64_t most, Number& into) const {
    if (const auto given = integer(key, least, most)) into = static_cast<Number>(*given);
  }
  /// The table under a key.
  [[nodiscard]] TomlTable table(std::string_view key) const;
  /// All tables under this one, with their names, in the order of these.
  [[nodiscard]] std::vector<std::pair<std::string, TomlTable>> tables() const;

 private:
  friend class TomlFile;
  struct File;
  struct Known;
  TomlTable(std::shared_ptr<File> file, Known* known) : file_(std::move(file)), known_(known) {}
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, std::int64_t least,
                                                    std::int64_t most) const;
  std::shared_ptr<File> file_;
  Known* known_;  ///< of file_
};

class TomlFile {
 public:
  /// name: for errors. Errors: invalid_argument (not TOML).
  [[nodiscard]] static Result<TomlFile> parse(std::string_view text, std::string name);

  /// The keys outside of any table, and the tables.
  [[nodiscard]] const TomlTable& root() const { return root_; }
  /// After all was asked for. Errors: invalid_argument (a key of which nobody knows, a value of the
  /// wrong type or out of its limits; the first in the file).
  [[nodiscard]] Result<void> check() const;

 private:
  explicit TomlFile(TomlTable root) : root_(std::move(root)) {}
  TomlTable root_;
};

}  // namespace mbe
