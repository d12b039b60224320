// Reads lines from a file or standard input in bounded memory. A first UTF-8 byte order mark and a
// carriage return before the line break are dropped. One thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace mbe::app {

struct Line {
  std::string text;
  std::uint64_t number = 0;  ///< from 1
  bool too_long = false;     ///< longer than the limit; `text` is empty
};

class LineReader {
 public:
  /// path: `-` is standard input. Errors: not_found, io (a folder, no permission).
  [[nodiscard]] static Result<LineReader> open(const std::string& path, std::size_t line_bytes_max);
  ~LineReader();
  LineReader(LineReader&& other) noexcept;
  LineReader& operator=(LineReader&&) = delete;

  /// The next line, or nothing at the end. Errors: io (a read failed).
  [[nodiscard]] Result<std::optional<Line>> next();
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  /// Size of the file, 0 where it is not known.
  [[nodiscard]] std::uint64_t bytes_total() const { return bytes_total_; }

 private:
  LineReader(std::FILE* file, std::string path, std::size_t limit);
  [[nodiscard]] bool fill();

  std::FILE* file_;
  std::string path_;
  std::size_t limit_;
  std::string buffer_;
  std::size_t used_ = 0;
  std::uint64_t number_ = 0, bytes_read_ = 0, bytes_total_ = 0;
};

/// The text of a command: `words` joined by blanks, or standard input for a single `-`, or `file`.
/// A line break at the end of a file or of standard input is dropped.
/// Errors: invalid_argument (both or neither given), limit (over 2 MiB read), not_found, io.
[[nodiscard]] Result<std::string> read_text(const std::vector<std::string>& words,
                                            const std::string& file);

}  // namespace mbe::app
