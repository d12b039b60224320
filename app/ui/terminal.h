// What the program knows of the terminal it writes to: width, colours, and how wide text is there.
// Invariant: text that came from a person or a file passes through wrap(), clip() or plain() before
// it is shown, so that control characters in a memory can never steer the terminal.
// Single-threaded, as the program's output is.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace mbe::app {

enum class Colour : std::uint8_t { none, bold, dim, red, green, yellow, blue, magenta, cyan };

class Terminal {
 public:
  /// colour: auto (a terminal, and NO_COLOR is unset or empty, and TERM is not dumb), always,
  /// never.
  explicit Terminal(std::FILE* out = stdout, std::string_view colour = "auto");

  [[nodiscard]] bool interactive() const { return interactive_; }
  /// Columns: $COLUMNS if it is a number, the terminal's, else 80; 40 … 160.
  [[nodiscard]] std::size_t width() const { return width_; }
  void set_width(std::size_t width) { width_ = width; }
  /// `text` in that colour, or as it is where colours are off.
  [[nodiscard]] std::string paint(Colour colour, std::string_view text) const;
  void write(std::string_view text);
  /// Everything written so far has reached its file. False: the disk is full or the pipe is gone.
  [[nodiscard]] bool flush();

 private:
  std::FILE* out_;
  bool interactive_;
  bool colours_;
  bool palette_;  ///< 256 colours
  std::size_t width_;
};

/// Columns of one code point on a terminal: 2 for wide and full-width ones (East Asian Width of
/// Unicode UAX 11), 0 for marks and joiners, else 1.
[[nodiscard]] unsigned columns(char32_t code_point);
/// Columns of text that holds no control characters and no colours.
[[nodiscard]] std::size_t text_width(std::string_view text);
/// The text with control characters (line breaks too) and direction marks made visible or blank.
[[nodiscard]] std::string plain(std::string_view text);
/// Lines of at most `width` columns, broken at spaces where there are some, at line breaks always.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);
/// One line of at most `width` columns, ending in `…` where something was cut.
[[nodiscard]] std::string clip(std::string_view text, std::size_t width);
/// Blanks up to `width` columns behind the text.
[[nodiscard]] std::string pad(std::string_view text, std::size_t width);
/// A bar of `width` columns filled to `share` (0 … 1).
[[nodiscard]] std::string bar(double share, std::size_t width);

}  // namespace mbe::app
