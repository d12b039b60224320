#include "import_source.h"

#include "base/digest.h"
#include "base/utf8.h"
#include "ui/json_line.h"

namespace mbe::app {
namespace {

constexpr std::size_t speaker_bytes_max = 60;

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// Tells the same line of the same file again, so that an import can be continued.
std::string text_id(const std::string& name, std::uint64_t line, std::string_view text) {
  const Digest digest = sha256({name, "\n", text});
  return fmt::format("{}:{}:{}", name, line, to_hex(view(digest)).substr(0, 12));
}

Error too_long() {
  return fail(ErrorCode::limit, "longer than {} bytes", line_bytes_max);
}

}  // namespace

ImportFormat detect_format(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos || line[first] != '{') return ImportFormat::text;
  const auto object = parse_json_line(line);
  const bool blocks = object && object->contains("context") && object->contains("block_index");
  return blocks ? ImportFormat::block_memory : ImportFormat::jsonl;
}

ImportItem parse_text_utterance(std::string_view line, const Zone& zone) {
  ImportItem item;
  const std::size_t close = line.starts_with('[') ? line.find(']') : std::string_view::npos;
  if (close != std::string_view::npos) {
    item.time_ms = zone.parse_time(line.substr(1, close - 1));
  }
  if (item.time_ms) {
    line.remove_prefix(close + 1);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos && colon > 0 && colon <= speaker_bytes_max) {
      item.speaker = line.substr(0, colon);
      line.remove_prefix(colon + 2);
    }
  }
  item.text = line;
  return item;
}

ImportSource::ImportSource(LineReader reader, ImportSettings settings)
    : reader_(std::move(reader)), settings_(std::move(settings)) {}

Result<std::optional<Line>> ImportSource::next_line() {
  if (ahead_) return std::exchange(ahead_, std::nullopt);
  MBE_ASSIGN(std::optional<Line> line, reader_.next());
  if (line) lines_read_ = line->number;
  return line;
}

ImportStep ImportSource::json_step(const Line& line) const {
  if (line.too_long) return std::pair(line.number, too_long());
  const bool blocks = settings_.format == ImportFormat::block_memory;
  Result<ImportItem> item =
      blocks ? parse_block_memory_line(line.text, settings_.zone,
                                       settings_.chain.empty() ? "main" : settings_.chain)
             : parse_import_line(line.text, settings_.zone, settings_.chain);
  if (!item) return std::pair(line.number, item.error());
  item->line = line.number;
  return *std::move(item);
}

Result<ImportStep> ImportSource::text_step() {
  MBE_ASSIGN(std::optional<Line> first, next_line());
  MBE_ASSERT(first.has_value());
  std::string whole = first->text;
  while (true) {  // lines that continue this one
    ahead_.reset();
    MBE_ASSIGN(ahead_, next_line());
    if (!ahead_ || !ahead_->text.starts_with("  ") || blank(ahead_->text)) break;
    if (whole.size() + ahead_->text.size() > line_bytes_max) break;
    whole += '\n' + ahead_->text.substr(2);
    first->too_long |= ahead_->too_long;
  }
  if (first->too_long) return ImportStep(std::pair(first->number, too_long()));
  // Bytes first: a time or a name is only looked for in text.
  if (const auto checked = check_text(whole); !checked) {
    return ImportStep(std::pair(first->number, checked.error()));
  }
  ImportItem item = parse_text_utterance(whole, settings_.zone);
  if (const auto checked = check_text(item.text); !checked) {
    return ImportStep(std::pair(first->number, checked.error()));
  }
  item.id = text_id(settings_.name, first->number, whole);
  item.chain = settings_.chain.empty() ? "main" : settings_.chain;
  item.session = settings_.name;
  item.line = first->number;
  return ImportStep(std::move(item));
}

Result<std::optional<ImportStep>> ImportSource::next() {
  while (true) {
    MBE_ASSIGN(std::optional<Line> line, next_line());
    if (!line) return std::optional<ImportStep>();
    if (blank(line->text) && !line->too_long) continue;
    if (!settings_.format) settings_.format = detect_format(line->text);
    if (*settings_.format != ImportFormat::text) return std::optional(json_step(*line));
    ahead_ = std::move(line);
    MBE_ASSIGN(ImportStep step, text_step());
    return std::optional(std::move(step));
  }
}

}  // namespace mbe::app
