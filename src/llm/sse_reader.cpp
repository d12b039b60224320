#include "llm/sse_reader.h"

#include <utility>

namespace mbe {

bool SseReader::feed(std::string_view bytes) {
  for (const char c : bytes) {
    const bool second_half = after_cr_ && c == '\n';
    after_cr_ = c == '\r';
    if (second_half) continue;
    if (c == '\n' || c == '\r') {
      if (!end_line()) return false;
      continue;
    }
    if (line_.size() + data_.size() >= event_bytes_max) return false;
    line_ += c;
  }
  return true;
}

bool SseReader::end_line() {
  if (!line_.empty()) {
    const std::size_t colon = line_.find(':');
    std::string_view value;
    if (colon != std::string::npos) value = std::string_view(line_).substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    take_field(std::string_view(line_).substr(0, colon), value);
    line_.clear();
    return true;
  }
  const std::string name = std::exchange(name_, {});
  const std::string data = std::exchange(data_, {});
  return !std::exchange(has_data_, false) || on_event_(name, data);
}

void SseReader::take_field(std::string_view name, std::string_view value) {
  if (name == "event") name_ = value;
  if (name != "data") return;
  if (has_data_) data_ += '\n';
  data_ += value;
  has_data_ = true;
}

}  // namespace mbe
