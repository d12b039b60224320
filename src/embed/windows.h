// Long texts as windows: one vector says too little about a text of many pages, so it is embedded
// in overlapping windows cut at sentences. A block scores by its best window, and the span of that
// window tells the reader where. Pure functions over the text and a token counter; thread-safe.
// Sizes: recall.md, Embedding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

/// Bytes [begin, end) of a text; borders never cut a code point.
struct TextSpan {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool operator==(const TextSpan&) const = default;
};

struct WindowOptions {
  std::size_t whole_tokens_max = 400;  ///< a text up to this long is one window
  std::size_t window_tokens = 256;     ///< aim of each window of a longer one
  std::size_t overlap_tokens = 64;     ///< tokens a window shares with the one before, at most
  std::size_t windows_max = 32;        ///< what lies behind the last window is not embedded
};

/// Tokens of a piece of the text; the sum over pieces stands for the whole.
using TokenCounter = std::function<Result<std::size_t>(std::string_view)>;

/// Cuts `text` into windows: one if it is short, else windows of whole sentences of about
/// `window_tokens` tokens, each starting at the sentence that leaves at most `overlap_tokens` of
/// the one before; a sentence that is longer itself is cut at words, then at code points. text:
/// valid UTF-8 up to 4 GiB. Returns at least one span; the first begins at 0, each begins no later
/// than the one before ends. Cost: counts each sentence once and stops at windows_max. Errors:
/// those of `count`.
[[nodiscard]] Result<std::vector<TextSpan>> embedding_windows(std::string_view text,
                                                              const TokenCounter& count,
                                                              const WindowOptions& options = {});

}  // namespace mbe
