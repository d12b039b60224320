// A window on a ByteSource that readers look into: it grows on demand, up to what the reader lets
// it hold, and knows the number of the line it begins with. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "importers/byte_source.h"

namespace mbe::importers {

/// Longer lines are passed over.
inline constexpr std::size_t line_bytes_max = 16U << 20;

struct Line {
  std::string text;          ///< without its line break
  std::uint64_t number = 0;  ///< from 1
  bool too_long = false;     ///< `text` is empty
};

class Input {
 public:
  explicit Input(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  /// What has been read and not consumed. Valid until the next call that is not const.
  [[nodiscard]] std::string_view window() const { return std::string_view(buffer_).substr(used_); }
  /// Reads on until the window has at least `bytes`; it is shorter only at the end.
  /// Errors: those of ByteSource::read.
  [[nodiscard]] Result<void> want(std::size_t bytes);
  /// Takes bytes off the window's front.
  void consume(std::size_t bytes);
  /// The next line, without a byte order mark or carriage return; nothing at the end.
  [[nodiscard]] Result<std::optional<Line>> next_line();

  /// Of the window's first byte, from 1.
  [[nodiscard]] std::uint64_t line() const { return line_; }
  /// Bytes that were consumed.
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] std::uint64_t bytes_total() const { return source_->bytes_total(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  std::size_t used_ = 0;
  std::uint64_t line_ = 1, bytes_read_ = 0;
  bool ended_ = false;
};

}  // namespace mbe::importers
