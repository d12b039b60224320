#include "importers/input.h"

#include <algorithm>

namespace mbe::importers {

namespace {

constexpr std::size_t chunk_bytes = 1U << 16;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

Result<void> Input::want(std::size_t bytes) {
  while (!ended_ && buffer_.size() - used_ < bytes) {
    buffer_.erase(0, used_);
    used_ = 0;
    const std::size_t before = buffer_.size();
    // What stays is moved to the front: seldom, where a reader looks far ahead.
    const std::size_t more = std::max({chunk_bytes, bytes - before, bytes / 2});
    buffer_.resize(before + more);
    const auto got = source_->read(buffer_.data() + before, more);
    buffer_.resize(before + (got.ok() ? *got : 0));
    if (!got.ok()) {
      ended_ = true;  // what came before it can still be read
      return got.error();
    }
    ended_ = *got == 0;
  }
  return {};
}

void Input::consume(std::size_t bytes) {
  const std::string_view gone = window().substr(0, bytes);
  line_ += static_cast<std::uint64_t>(std::count(gone.begin(), gone.end(), '\n'));
  used_ += gone.size();
  bytes_read_ += gone.size();
}

Result<std::optional<Line>> Input::next_line() {
  Line out;
  out.number = line_;
  bool any = false;
  while (true) {
    if (window().empty()) {
      MBE_TRY(want(1));
      if (window().empty()) break;
    }
    any = true;
    const std::string_view part = window();
    const std::size_t end = part.find('\n');
    const std::size_t length = std::min(end, part.size());
    out.too_long = out.too_long || out.text.size() + length > line_bytes_max;
    if (!out.too_long) out.text += part.substr(0, length);
    consume(end == std::string_view::npos ? length : length + 1);
    if (end != std::string_view::npos) break;
  }
  if (!any) return std::optional<Line>();
  if (out.too_long) out.text.clear();
  if (out.text.ends_with('\r')) out.text.pop_back();
  if (out.number == 1 && out.text.starts_with(byte_order_mark)) {
    out.text.erase(0, byte_order_mark.size());
  }
  return std::optional<Line>(std::move(out));
}

}  // namespace mbe::importers
