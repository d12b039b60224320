#include "embed/windows.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/utext.h>

#include <limits>
#include <memory>
#include <optional>

#include "base/assert.h"
#include "base/utf8.h"

namespace mbe {
namespace {

/// A sentence without a border in so many bytes is cut before anything is counted.
constexpr std::size_t sentence_bytes_max = 2048;

struct Piece {
  TextSpan span;
  std::size_t tokens = 0;
};

/// The sentences of a text, one after another.
class Sentences {
 public:
  explicit Sentences(std::string_view text) : text_(text) {
    UErrorCode status = U_ZERO_ERROR;
    utext_.reset(
        utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status));
    breaks_.reset(icu::BreakIterator::createSentenceInstance(icu::Locale::getRoot(), status));
    breaks_->setText(utext_.get(), status);
    MBE_ASSERT(U_SUCCESS(status) != 0);
    sentence_end_ = static_cast<std::size_t>(breaks_->first());
  }

  /// The next sentence, or a part of one that is too long; nothing at the end.
  std::optional<TextSpan> next() {
    if (position_ == text_.size()) return std::nullopt;
    if (position_ == sentence_end_) {
      const auto found = breaks_->next();
      sentence_end_ =
          found == icu::BreakIterator::DONE ? text_.size() : static_cast<std::size_t>(found);
    }
    const auto begin = position_;
    position_ = sentence_end_;
    if (sentence_end_ - begin > sentence_bytes_max) {
      position_ = begin + cut(text_.substr(begin, sentence_end_ - begin), sentence_bytes_max);
    }
    return TextSpan{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(position_)};
  }

  /// Where to cut a text so that the first part has at most `bytes_max` bytes: behind its last
  /// space, else behind its last code point. More than 0 if the text has more than 4 bytes.
  static std::size_t cut(std::string_view text, std::size_t bytes_max) {
    const auto head = utf8_prefix(text, bytes_max);
    const auto space = head.find_last_of(" \n\t");
    return space == std::string_view::npos ? head.size() : space + 1;
  }

 private:
  struct CloseText {
    void operator()(UText* text) const { utext_close(text); }
  };

  std::string_view text_;
  std::unique_ptr<UText, CloseText> utext_;
  std::unique_ptr<icu::BreakIterator> breaks_;
  std::size_t position_ = 0;
  std::size_t sentence_end_ = 0;
};

/// Counts pieces as far as they are asked for, and cuts those that no window could hold.
class Pieces {
 public:
  Pieces(std::string_view text, const TokenCounter& count, std::size_t tokens_max)
      : text_(text), count_(count), tokens_max_(tokens_max), sentences_(text) {}

  /// Makes piece `i` known; false if the text has fewer.
  Result<bool> reach(std::size_t i) {
    while (pieces_.size() <= i) {
      const auto sentence = sentences_.next();
      if (!sentence) return false;
      MBE_TRY(add(*sentence));
    }
    return true;
  }

  const Piece& operator[](std::size_t i) const { return pieces_[i]; }

 private:
  /// Halves a span until each part fits; a single code point always does.
  Result<void> add(TextSpan span) {
    const auto text = text_.substr(span.begin, span.end - span.begin);
    MBE_ASSIGN(const std::size_t tokens, count_(text));
    constexpr std::size_t code_point_bytes_max = 4;
    if (tokens <= tokens_max_ || text.size() <= 2 * code_point_bytes_max) {
      pieces_.push_back({span, tokens});
      return {};
    }
    const auto middle =
        span.begin + static_cast<std::uint32_t>(Sentences::cut(text, text.size() / 2));
    MBE_TRY(add({span.begin, middle}));
    return add({middle, span.end});
  }

  std::string_view text_;
  const TokenCounter& count_;
  std::size_t tokens_max_;
  Sentences sentences_;
  std::vector<Piece> pieces_;
};

/// Whether the whole text has at most `tokens_max` tokens; counts no further than that.
Result<bool> fits(Pieces& pieces, std::size_t tokens_max) {
  std::size_t tokens = 0;
  for (std::size_t i = 0;; ++i) {
    MBE_ASSIGN(const bool there, pieces.reach(i));
    if (!there) return true;
    tokens += pieces[i].tokens;
    if (tokens > tokens_max) return false;
  }
}

/// The first piece of the window behind [begin, end): as many of its last pieces as the overlap
/// holds and as leave room for piece `end`, but always fewer than all.
std::size_t next_begin(const Pieces& pieces, std::size_t begin, std::size_t end,
                       const WindowOptions& options) {
  std::size_t shared = 0;
  std::size_t next = end;
  while (next > begin + 1) {
    shared += pieces[next - 1].tokens;
    if (shared > options.overlap_tokens) break;
    if (shared + pieces[end].tokens > options.window_tokens) break;
    --next;
  }
  return next;
}

}  // namespace

Result<std::vector<TextSpan>> embedding_windows(std::string_view text, const TokenCounter& count,
                                                const WindowOptions& options) {
  MBE_ASSERT(text.size() <= std::numeric_limits<std::uint32_t>::max());
  const TextSpan whole{0, static_cast<std::uint32_t>(text.size())};
  // A token has at least one byte: short texts need neither sentences nor the model.
  if (text.size() <= options.whole_tokens_max) return std::vector{whole};
  Pieces pieces(text, count, options.window_tokens);
  MBE_ASSIGN(const bool is_short, fits(pieces, options.whole_tokens_max));
  if (is_short) return std::vector{whole};
  std::vector<TextSpan> windows;
  for (std::size_t begin = 0; windows.size() < options.windows_max;) {
    std::size_t tokens = 0;
    std::size_t end = begin;
    bool there = true;
    while (true) {
      MBE_ASSIGN(there, pieces.reach(end));
      if (!there || (end > begin && tokens + pieces[end].tokens > options.window_tokens)) break;
      tokens += pieces[end++].tokens;
    }
    windows.push_back({pieces[begin].span.begin, pieces[end - 1].span.end});
    if (!there) break;
    begin = next_begin(pieces, begin, end, options);
  }
  return windows;
}

}  // namespace mbe
