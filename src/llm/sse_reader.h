// Server-sent events out of a stream of bytes, as the HTML standard's "event stream" says: lines
// end in LF, CR or CRLF, `data:` lines of an event are joined by LF, an empty line ends it. Of an
// event its data alone is of interest here. One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace mbe {

class SseReader {
 public:
  /// on_data: told the data of each event, in order; false ends the reading.
  explicit SseReader(std::function<bool(const std::string&)> on_data)
      : on_data_(std::move(on_data)) {}

  /// False once on_data said so, or an event is larger than event_bytes_max.
  [[nodiscard]] bool feed(std::string_view bytes);

  static constexpr std::size_t event_bytes_max = 4'000'000;

 private:
  [[nodiscard]] bool end_line();

  std::function<bool(const std::string&)> on_data_;
  std::string line_, data_;
  bool has_data_ = false, after_cr_ = false;
};

}  // namespace mbe
