// Line by line work on a file of JSON objects: `analyse --batch`, `similarity --batch`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "commands.h"
#include "ui/json_line.h"
#include "ui/line_reader.h"

namespace mbe::app {

/// Lines that go to the engine together: embedding works in batches.
inline constexpr std::size_t batch_lines = 256;

/// Reads `file`, parses every line and hands up to 256 of them at a time to `work`, which returns
/// one JSON value each. Wrong lines are reported by number; then the exit code is 8.
template <class Item>
[[nodiscard]] Result<int> run_batch(
    Context& context, const std::string& file,
    const std::function<Result<Item>(std::string_view)>& parse,
    const std::function<Result<std::vector<Json>>(const std::vector<Item>&)>& work) {
  MBE_ASSIGN(LineReader reader, LineReader::open(file, line_bytes_max));
  int code = exit_done;
  std::vector<Item> waiting;
  bool more = true;
  while (more) {
    MBE_ASSIGN(const std::optional<Line> line, reader.next());
    more = line.has_value();
    if (more && (!line->text.empty() || line->too_long)) {
      Result<Item> item =
          line->too_long
              ? Result<Item>(fail(ErrorCode::limit, "longer than {} bytes", line_bytes_max))
              : parse(line->text);
      if (item) {
        waiting.push_back(*std::move(item));
      } else {
        report_line(context, line->number, item.error());
        code = exit_partly;
      }
    }
    if (waiting.empty() || (more && waiting.size() < batch_lines)) continue;
    MBE_ASSIGN(const std::vector<Json> lines, work(waiting));
    for (const Json& out : lines) context.print_json(out);
    waiting.clear();
  }
  return code;
}

}  // namespace mbe::app
