#include "ui/progress_bar.h"

#include <algorithm>
#include <array>

#include "ui/interrupt.h"

namespace mbe::app {
namespace {

constexpr std::chrono::milliseconds redraw_ms{100};
constexpr std::chrono::seconds plain_line_s{5};

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then) {
  return std::chrono::duration<double>(Clock::now() - then).count();
}

}  // namespace

std::string format_duration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::max(seconds, 0.0));
  if (whole >= 3'600) {
    return fmt::format("{}:{:02}:{:02}", whole / 3'600, whole / 60 % 60, whole % 60);
  }
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string group_digits(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}

std::string format_bytes(std::uint64_t bytes) {
  if (bytes < 1'000) return fmt::format("{} B", bytes);
  constexpr std::array units{"kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes) / 1'000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < units.size()) {
    value /= 1'000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, units[unit]);
}

ProgressBar::ProgressBar(Context& context, std::string label, std::string unit)
    : context_(context),
      label_(std::move(label)),
      unit_(std::move(unit)),
      start_(Clock::now()),
      shown_(start_),
      silent_(context.options().quiet || context.json()),
      live_(context.err().interactive()) {}

ProgressBar::~ProgressBar() {
  if (drawn_ && live_) context_.err().write("\r\x1b[K");
}

void ProgressBar::show(std::uint64_t done, std::uint64_t total, double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::string line = label_ + " ";
  if (total > 0) {
    const double share = static_cast<double>(done) / static_cast<double>(total);
    if (live_) line += context_.err().paint(Colour::cyan, bar(share, 20)) + " ";
    line += fmt::format("{:3.0f} % ", share * 100);
  }
  line += fmt::format("{} {}", group_digits(done), unit_);
  if (rate > 0) {
    line += fmt::format(" · {}/s", group_digits(static_cast<std::uint64_t>(rate)));
    if (total > done) {
      const double left = static_cast<double>(total - done) / rate;
      line += " · " + context_.tr("{} left", format_duration(left));
    }
  }
  context_.err().write(live_ ? "\r\x1b[K" + line : line + "\n");
  (void)context_.err().flush();
  drawn_ = true;
}

bool ProgressBar::update(std::uint64_t done, std::uint64_t total) {
  const auto now = Clock::now();
  const auto wait = live_ ? Clock::duration(redraw_ms) : Clock::duration(plain_line_s);
  if (!silent_ && now - shown_ >= wait) {
    shown_ = now;
    show(done, total, seconds_since(start_));
  }
  return !interrupted();
}

Progress ProgressBar::callback() {
  return [this](std::uint64_t done, std::uint64_t total) { return update(done, total); };
}

}  // namespace mbe::app
