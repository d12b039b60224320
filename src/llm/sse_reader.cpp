#include "llm/sse_reader.h"

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
  if (line_.empty()) {
    if (!has_data_) return true;
    const std::string data = std::move(data_);
    data_.clear();
    has_data_ = false;
    return on_data_(data);
  }
  std::string_view value = line_;
  if (constexpr std::string_view field = "data"; value.starts_with(field)) {
    value.remove_prefix(field.size());
    if (value.empty() || value[0] == ':') {
      if (!value.empty()) value.remove_prefix(1);
      if (value.starts_with(' ')) value.remove_prefix(1);
      if (has_data_) data_ += '\n';
      data_ += value;
      has_data_ = true;
    }
  }
  line_.clear();
  return true;
}

}  // namespace mbe
