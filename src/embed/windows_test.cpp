#include "embed/windows.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/utf8.h"

namespace mbe {
namespace {

/// One token a word, as in most of these texts.
Result<std::size_t> count_words(std::string_view text) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank && !inside) ++words;
    inside = !blank;
  }
  return words;
}

Result<std::size_t> count_bytes(std::string_view text) {
  return text.size();
}

/// `count` sentences of ten words.
std::string sentences(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += fmt::format("Sentence {} has exactly ten words in it, no more. ", i);
  }
  return text;
}

std::string_view part(std::string_view text, TextSpan span) {
  return text.substr(span.begin, span.end - span.begin);
}

std::vector<TextSpan> windows_of(std::string_view text, const TokenCounter& count = count_words,
                                 const WindowOptions& options = {}) {
  auto windows = embedding_windows(text, count, options);
  EXPECT_TRUE(windows.ok());
  return windows.ok() ? *windows : std::vector<TextSpan>{};
}

TEST(EmbeddingWindows, KeepsAShortTextWholeWithoutCounting) {
  const TokenCounter never = [](std::string_view) -> Result<std::size_t> {
    return fail(ErrorCode::unavailable, "asked");
  };
  const std::string text(400, 'x');
  EXPECT_EQ(windows_of(text, never), (std::vector<TextSpan>{{0, 400}}));
  EXPECT_EQ(windows_of("", never), (std::vector<TextSpan>{{0, 0}}));
}

TEST(EmbeddingWindows, KeepsATextOfTheLimitWholeAndCutsALongerOne) {
  const auto at_limit = sentences(40);
  EXPECT_EQ(windows_of(at_limit).size(), 1U);
  EXPECT_GT(windows_of(sentences(41)).size(), 1U);
}

TEST(EmbeddingWindows, CutsAtSentencesWithTheOverlapAsked) {
  const auto text = sentences(60);
  const auto windows = windows_of(text);
  ASSERT_EQ(windows.size(), 3U);
  for (const auto window : windows) {
    EXPECT_TRUE(part(text, window).starts_with("Sentence "));
    EXPECT_TRUE(part(text, window).ends_with("more. "));
    EXPECT_LE(*count_words(part(text, window)), 256U);
  }
  EXPECT_EQ(windows.front().begin, 0U);
  EXPECT_EQ(windows.back().end, text.size());
  EXPECT_EQ(*count_words(part(text, {windows[1].begin, windows[0].end})), 60U);
}

TEST(EmbeddingWindows, CutsASentenceThatNoWindowHolds) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += fmt::format("word{} ", i);
  const auto windows = windows_of(text);
  ASSERT_GT(windows.size(), 3U);
  for (const auto window : windows) {
    EXPECT_LE(*count_words(part(text, window)), 256U);
    EXPECT_TRUE(part(text, window).starts_with("word"));
  }
}

TEST(EmbeddingWindows, CutsTextWithoutSpacesAtCodePoints) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "가";
  const auto windows = windows_of(text, count_bytes);
  ASSERT_GT(windows.size(), 1U);
  for (const auto window : windows) {
    EXPECT_FALSE(first_invalid_utf8(part(text, window)).has_value());
    EXPECT_LE(window.end - window.begin, 256U);
  }
}

TEST(EmbeddingWindows, StopsAtTheLastWindowAndCountsNoFurther) {
  const auto text = sentences(5000);
  std::size_t counted = 0;
  const TokenCounter counting = [&](std::string_view piece) {
    counted += piece.size();
    return count_words(piece);
  };
  const auto windows = windows_of(text, counting);
  EXPECT_EQ(windows.size(), 32U);
  EXPECT_LT(counted, text.size() / 5);
}

TEST(EmbeddingWindows, PassesOnWhatTheCounterReports) {
  const TokenCounter failing = [](std::string_view) -> Result<std::size_t> {
    return fail(ErrorCode::corrupt, "broken");
  };
  const auto windows = embedding_windows(sentences(60), failing);
  ASSERT_FALSE(windows.ok());
  EXPECT_EQ(windows.error().code(), ErrorCode::corrupt);
}

TEST(EmbeddingWindows, CoversAnyTextWithoutGapsAndAlwaysAdvances) {
  constexpr unsigned seed = 11;
  std::mt19937 random(seed);
  const std::vector<std::string> parts = {"a", " ", "가나", ". ", "\n", "!", "𝄞", "word ", "。"};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    const auto length = random() % 3000;
    for (std::size_t i = 0; i < length; ++i) text += parts[random() % parts.size()];
    const WindowOptions options{40, 1 + random() % 30, random() % 20, 1000};
    const auto windows = windows_of(text, random() % 2 == 0 ? count_words : count_bytes, options);
    ASSERT_FALSE(windows.empty());
    EXPECT_EQ(windows.front().begin, 0U);
    for (std::size_t i = 1; i < windows.size(); ++i) {
      ASSERT_GT(windows[i].begin, windows[i - 1].begin) << "seed " << seed << ", round " << round;
      ASSERT_LE(windows[i].begin, windows[i - 1].end) << "seed " << seed << ", round " << round;
      ASSERT_GT(windows[i].end, windows[i - 1].end) << "seed " << seed << ", round " << round;
    }
    if (windows.size() < options.windows_max) {
      EXPECT_EQ(windows.back().end, text.size());
    }
  }
}

}  // namespace
}  // namespace mbe
