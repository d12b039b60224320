// Server-sent events out of a stream of bytes, as the HTML standard's "event stream" says: lines
// end in LF, CR or CRLF, `data:` lines of an event are joined by LF, an empty line ends it; `id`
// and `retry` are passed over. One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace mbe {

class SseReader {
 public:
  /// on_event: told the name (empty: message) and the data of each, in order; false ends the
  /// reading.
  explicit SseReader(std::function<bool(const std::string& name, const std::string& data)> on_event)
      : on_event_(std::move(on_event)) {}

  /// False once on_event said so, or an event is larger than event_bytes_max.
  [[nodiscard]] bool feed(std::string_view bytes);

  static constexpr std::size_t event_bytes_max = 4'000'000;

 private:
  [[nodiscard]] bool end_line();
  void take_field(std::string_view name, std::string_view value);

  std::function<bool(const std::string&, const std::string&)> on_event_;
  std::string line_, name_, data_;
  bool has_data_ = false, after_cr_ = false;
};

}  // namespace mbe
