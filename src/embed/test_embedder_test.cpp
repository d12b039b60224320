#include "embed/test_embedder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace mbe {
namespace {

double dot(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

EmbeddingRows rows_of(TestEmbedder& embedder, const std::vector<std::string_view>& texts) {
  auto rows = embedder.embed(texts, TextRole::passage);
  EXPECT_TRUE(rows.ok());
  return rows.ok() ? *rows : EmbeddingRows{};
}

TEST(TestEmbedder, GivesUnitRowsInTheOrderOfTheTexts) {
  TestEmbedder embedder(32);
  const auto rows = rows_of(embedder, {"first text", "둘째 글", ""});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows.dim, embedder.dim());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_NEAR(dot(rows.row(i), rows.row(i)), 1, 1e-5);
  }
  EXPECT_EQ(EmbeddingRows{}.size(), 0U);
}

TEST(TestEmbedder, BringsTextsWithCommonWordsCloser) {
  TestEmbedder embedder(256);
  const auto rows =
      rows_of(embedder, {"the project failed", "why the Project failed", "lunch was noodles"});
  EXPECT_GT(dot(rows.row(0), rows.row(1)), dot(rows.row(0), rows.row(2)) + 0.3);
}

TEST(TestEmbedder, CountsWordsAsTokens) {
  TestEmbedder embedder;
  const auto tokens = embedder.count_tokens(" three words\nhere ");
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(*tokens, 3U);
}

TEST(TestEmbedder, FailsAsToldUntilToldOtherwise) {
  TestEmbedder embedder;
  embedder.set_failure(fail(ErrorCode::corrupt, "broken"));
  const std::string_view text = "a";
  EXPECT_FALSE(embedder.embed(std::span(&text, 1), TextRole::query).ok());
  EXPECT_FALSE(embedder.count_tokens(text).ok());
  embedder.set_failure(std::nullopt);
  EXPECT_TRUE(embedder.embed(std::span(&text, 1), TextRole::query).ok());
}

}  // namespace
}  // namespace mbe
