#include "analyse/table.h"

#include <fstream>

namespace mbe::analyse {

Result<std::vector<Row>> read_table(const std::filesystem::path& path, std::size_t columns_min,
                                    std::size_t columns_max) {
  std::ifstream file(path);
  if (!file) return fail(ErrorCode::io, "cannot read {}: reinstall the data files", path.string());
  std::vector<Row> rows;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    Row row;
    row.line = number;
    std::size_t begin = 0;
    while (true) {
      const auto tab = line.find('\t', begin);
      row.columns.push_back(line.substr(begin, tab - begin));
      if (tab == std::string::npos) break;
      begin = tab + 1;
    }
    if (row.columns.size() < columns_min || row.columns.size() > columns_max) {
      return fail(ErrorCode::corrupt, "{} line {} has {} columns, not {} to {}: correct it",
                  path.string(), number, row.columns.size(), columns_min, columns_max);
    }
    row.columns.resize(columns_max);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto at = text.find(separator);
    if (at != 0) out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) break;
    text.remove_prefix(at + 1);
  }
  return out;
}

}  // namespace mbe::analyse
