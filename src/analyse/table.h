// Data files: UTF-8, one row a line, columns split by tabs, `#` begins a comment line.
// Called when an analyser opens; no state.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"

namespace mbe::analyse {

/// One row: its columns, and where it stands.
struct Row {
  std::vector<std::string> columns;
  std::size_t line = 0;
};

/// Reads a table. columns_min … columns_max: how many columns a row has; missing ones become empty.
/// Errors: io (unreadable), corrupt (a row with another number of columns; file and line are
/// named).
[[nodiscard]] Result<std::vector<Row>> read_table(const std::filesystem::path& path,
                                                  std::size_t columns_min, std::size_t columns_max);

/// Splits at a separator; empty pieces are left out.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

/// Lookup of string keys by string_view.
struct StringHash {
  using is_transparent = void;
  [[nodiscard]] std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
template <class Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;
using StringSet = std::unordered_set<std::string, StringHash, std::equal_to<>>;

}  // namespace mbe::analyse
