#include "embed/query_cache.h"

#include <gtest/gtest.h>

#include "embed/test_embedder.h"

namespace mbe {
namespace {

TEST(QueryCache, EmbedsARepeatedQueryOnce) {
  TestEmbedder embedder;
  QueryCache cache(embedder);
  const auto first = cache.embed("the same words");
  const auto second = cache.embed("the same words");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(embedder.texts_embedded(), 1U);
}

TEST(QueryCache, DropsTheLeastRecentlyUsed) {
  TestEmbedder embedder;
  QueryCache cache(embedder, 2);
  for (const auto* query : {"a", "b", "a", "c"}) ASSERT_TRUE(cache.embed(query).ok());
  EXPECT_EQ(cache.size(), 2U);
  ASSERT_TRUE(cache.embed("a").ok());
  EXPECT_EQ(embedder.texts_embedded(), 3U);
  ASSERT_TRUE(cache.embed("b").ok());
  EXPECT_EQ(embedder.texts_embedded(), 4U);
}

TEST(QueryCache, PassesFailuresOnAndKeepsNone) {
  TestEmbedder embedder;
  QueryCache cache(embedder);
  embedder.set_failure(fail(ErrorCode::unavailable, "no model"));
  const auto failed = cache.embed("words");
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code(), ErrorCode::unavailable);
  embedder.set_failure(std::nullopt);
  EXPECT_TRUE(cache.embed("words").ok());
}

TEST(QueryCache, ForgetsAllWhenCleared) {
  TestEmbedder embedder;
  QueryCache cache(embedder);
  ASSERT_TRUE(cache.embed("words").ok());
  cache.clear();
  EXPECT_EQ(cache.size(), 0U);
  ASSERT_TRUE(cache.embed("words").ok());
  EXPECT_EQ(embedder.texts_embedded(), 2U);
}

/// Clears a cache while it embeds for it.
class ClearingEmbedder final : public Embedder {
 public:
  QueryCache* cache = nullptr;

  [[nodiscard]] const std::string& model_id() const override { return real_.model_id(); }
  [[nodiscard]] std::size_t dim() const override { return real_.dim(); }
  [[nodiscard]] std::size_t tokens_max() const override { return real_.tokens_max(); }
  [[nodiscard]] Result<std::size_t> count_tokens(std::string_view text) override {
    return real_.count_tokens(text);
  }
  [[nodiscard]] Result<EmbeddingRows> embed(std::span<const std::string_view> texts,
                                            TextRole role) override {
    if (cache != nullptr) cache->clear();
    return real_.embed(texts, role);
  }
  [[nodiscard]] Result<EmbeddingRows> embed_in_context(
      std::span<const ContextText> texts) override {
    return real_.embed_in_context(texts);
  }

 private:
  TestEmbedder real_;
};

TEST(QueryCache, KeepsNothingThatWasBeingEmbeddedWhenCleared) {
  ClearingEmbedder embedder;
  QueryCache cache(embedder);
  ASSERT_TRUE(cache.embed("before").ok());
  embedder.cache = &cache;
  ASSERT_TRUE(cache.embed("words").ok());
  EXPECT_EQ(cache.size(), 0U);
}

}  // namespace
}  // namespace mbe
