// Walks forward through a file in windows and never past its end. Strings are given out as views
// that hold until the next call. For the readers of this folder only; single-threaded.
#pragma once

#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "llm/gguf.h"

namespace mbe {

/// An error of a GGUF file: what is wrong, and where.
[[nodiscard]] inline Error broken_gguf(std::string_view what, std::uint64_t offset) {
  return fail(ErrorCode::corrupt, "model file: {} at byte {}; set the model up again", what,
              offset);
}

class GgufCursor {
 public:
  /// At most `size` bytes from `offset`; shorter only at the end.
  using Read = std::function<Result<std::string>(std::uint64_t offset, std::uint64_t size)>;

  GgufCursor(Read read, std::uint64_t file_bytes, const GgufLimits& limits)
      : read_(std::move(read)),
        file_bytes_(file_bytes),
        end_(std::min(file_bytes, limits.header_bytes_max)) {}

  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
  [[nodiscard]] std::uint64_t left() const { return end_ - position_; }

  /// The next `size` bytes. Errors: corrupt (fewer are left), io.
  Result<std::string_view> bytes(std::uint64_t size) {
    if (size > left()) return broken_gguf("the header ends too early", position_);
    const auto begin = position_ - window_begin_;
    if (begin > window_.size() || size > window_.size() - begin) {
      MBE_ASSIGN(window_, read_(position_, std::min(std::max(size, window_bytes), left())));
      window_begin_ = position_;
      if (window_.size() < size) return broken_gguf("the file shrinks while it is read", position_);
    }
    const auto found = std::string_view(window_).substr(position_ - window_begin_, size);
    position_ += size;
    return found;
  }

  /// The next number. Errors: as bytes().
  template <class T>
  Result<T> number() {
    MBE_ASSIGN(const std::string_view raw, bytes(sizeof(T)));
    T value;
    std::memcpy(&value, raw.data(), sizeof(T));
    return value;
  }

  /// The next string: its length, then its bytes. Errors: corrupt (too long), io.
  Result<std::string_view> text(std::uint64_t bytes_max) {
    const auto at = position_;
    MBE_ASSIGN(const std::uint64_t size, number<std::uint64_t>());
    if (size > bytes_max) return broken_gguf("a string over its limit", at);
    if (size > left()) return broken_gguf("a string past the end", at);
    return bytes(size);
  }

  /// size: at most left().
  void skip(std::uint64_t size) { position_ += size; }

 private:
  static constexpr std::uint64_t window_bytes = 256 * 1024;

  Read read_;
  std::uint64_t file_bytes_;
  std::uint64_t end_;
  std::uint64_t position_ = 0;
  std::string window_;
  std::uint64_t window_begin_ = 0;
};

}  // namespace mbe
