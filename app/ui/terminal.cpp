#include "ui/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace mbe::app {
namespace {

constexpr std::size_t columns_min = 40;
constexpr std::size_t columns_max = 160;
constexpr std::size_t columns_default = 80;

std::size_t terminal_width(int descriptor) {
  std::size_t width = 0;
  if (const char* wish = std::getenv("COLUMNS")) width = std::strtoul(wish, nullptr, 10);
  winsize size{};
  if (width == 0 && ioctl(descriptor, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  if (width == 0) width = columns_default;
  return std::clamp(width, columns_min, columns_max);
}

bool wants_colours(bool interactive, std::string_view wish) {
  if (wish == "always") return true;
  if (wish == "never" || !interactive) return false;
  const char* no = std::getenv("NO_COLOR");
  if (no != nullptr && *no != '\0') return false;
  const char* term = std::getenv("TERM");
  return term == nullptr || std::strcmp(term, "dumb") != 0;
}

/// Of the palette of 256: middle tones, that can be read on white and on black.
const char* code(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::bold:
      return "\x1b[1m";
    case Colour::dim:
      return "\x1b[38;5;244m";
    case Colour::red:
      return "\x1b[38;5;167m";
    case Colour::green:
      return "\x1b[38;5;28m";
    case Colour::yellow:
      return "\x1b[38;5;130m";
    case Colour::blue:
      return "\x1b[38;5;32m";
    case Colour::magenta:
      return "\x1b[38;5;133m";
    case Colour::cyan:
      return "\x1b[38;5;30m";
  }
  return "";
}

/// The console of the kernel and old terminals have sixteen colours.
const char* plain_code(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::bold:
      return "\x1b[1m";
    case Colour::dim:
      return "\x1b[2m";
    case Colour::red:
      return "\x1b[31m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::blue:
      return "\x1b[34m";
    case Colour::magenta:
      return "\x1b[35m";
    case Colour::cyan:
      return "\x1b[36m";
  }
  return "";
}

bool has_palette() {
  const char* term = std::getenv("TERM");
  if (term == nullptr) return true;
  const std::string_view name = term;
  return name != "linux" && name != "ansi" && !name.starts_with("vt");
}

}  // namespace

Terminal::Terminal(std::FILE* out, std::string_view colour)
    : out_(out),
      interactive_(isatty(fileno(out)) == 1),
      colours_(wants_colours(interactive_, colour)),
      palette_(has_palette()),
      width_(terminal_width(fileno(out))) {}

std::string Terminal::paint(Colour colour, std::string_view text) const {
  if (!colours_ || colour == Colour::none || text.empty()) return std::string(text);
  return std::string(palette_ ? code(colour) : plain_code(colour)).append(text).append("\x1b[0m");
}

void Terminal::write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), out_);
}

bool Terminal::flush() {
  return std::fflush(out_) == 0 && std::ferror(out_) == 0;
}

std::string bar(double share, std::size_t width) {
  const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(width);
  const auto full = static_cast<std::size_t>(std::lround(filled));
  std::string out;
  for (std::size_t i = 0; i < width; ++i) out += i < full ? "█" : "░";
  return out;
}

}  // namespace mbe::app
