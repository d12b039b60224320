#include "engine/vectors.h"

#include <fstream>
#include <future>

#include "engine/engine_fixture.h"
#include "engine/memory_parts.h"

namespace mbe {
namespace {

class ModelChange : public EngineTest {
 protected:
  /// More blocks than a query embeds by itself, with vectors of the first model.
  void fill() {
    for (int i = 0; i < 70; ++i) remember("note number " + std::to_string(i) + " about the pond");
    ASSERT_TRUE(memory_->reembed(false).ok());
    ASSERT_TRUE(memory_->checkpoint().ok());
  }
  std::unique_ptr<Vectors> open(const std::shared_ptr<Embedder>& embedder) {
    const auto& parts = memory_->parts();
    Vectors::Options options;
    options.directory = parts.directory;
    options.embedder = embedder;
    options.model_by_id = [this](const std::string& id) {
      return id == embedder_->model_id() ? embedder_ : nullptr;
    };
    auto vectors = Vectors::open(parts.files, *parts.chain, *parts.derived, std::move(options));
    EXPECT_TRUE(vectors.ok());
    return std::move(*vectors);
  }
  std::shared_ptr<TestEmbedder> second_ = std::make_shared<TestEmbedder>(32);
};

TEST_F(ModelChange, OldVectorsAnswerUntilTheNewAreComplete) {
  fill();
  const auto vectors = open(second_);
  auto query = vectors->query("the pond");
  EXPECT_EQ(query.model_id, embedder_->model_id());
  EXPECT_EQ(query.pending, 6U);
  ASSERT_NE(query.snapshot, nullptr);
  EXPECT_EQ(query.snapshot->vector_count(), 70U);
  EXPECT_EQ(query.vector.size(), embedder_->dim());
  ASSERT_EQ(*vectors->embed_pending(1'000, Vectors::Reach::own_and_context, {}), 0U);
  query = vectors->query("the pond");
  EXPECT_EQ(query.model_id, second_->model_id());
  EXPECT_EQ(query.vector.size(), second_->dim());
  EXPECT_EQ(query.snapshot->vector_count(), 70U);
}

TEST_F(ModelChange, GoesOnWhereItStoppedAfterARestart) {
  fill();
  {
    const auto vectors = open(second_);
    static_cast<void>(vectors->query("the pond"));
    ASSERT_TRUE(vectors->flush().ok());
  }
  const auto vectors = open(second_);
  EXPECT_EQ(vectors->count(), 64U);
  static_cast<void>(vectors->query("the pond"));
  EXPECT_EQ(vectors->count(), 70U);
}

TEST_F(ModelChange, WithoutTheOldModelTheNewAnswersAtOnce) {
  fill();
  const auto& parts = memory_->parts();
  Vectors::Options options;
  options.directory = parts.directory;
  options.embedder = second_;
  const auto vectors = Vectors::open(parts.files, *parts.chain, *parts.derived, options);
  ASSERT_TRUE(vectors.ok());
  EXPECT_EQ((*vectors)->query("the pond").model_id, second_->model_id());
}

TEST_F(ModelChange, AQuestionDoesNotWaitForWhoeverEmbeds) {
  fill();
  const auto vectors = open(second_);
  std::future<Vectors::Query> question;
  bool answered = false;
  const auto ask = [&](std::uint64_t, std::uint64_t) {
    question = std::async(std::launch::async, [&] { return vectors->query("the pond"); });
    answered = question.wait_for(std::chrono::seconds(30)) == std::future_status::ready;
    return false;  // one part is enough
  };
  ASSERT_TRUE(vectors->embed_pending(1'000, Vectors::Reach::own, ask).ok());
  EXPECT_TRUE(answered);
  EXPECT_EQ(question.get().model_id, embedder_->model_id());
}

TEST_F(ModelChange, ADamagedBlockHoldsUpNobody) {
  const auto damaged = remember("the heron stands in the pond", "s");
  const auto sound = remember("and then it flies away", "s");
  const auto path = memory_->parts().directory + "/log/000000.seg.jsonl";
  std::fstream log(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string line;
  for (std::uint64_t sequence = 0; sequence <= damaged; ++sequence) std::getline(log, line);
  log.seekp(-static_cast<std::streamoff>(line.size() / 2), std::ios::cur);
  log.put('~');
  log.close();
  const auto vectors = open(second_);
  EXPECT_EQ(*vectors->embed_pending(1'000, Vectors::Reach::own_and_context, {}), 0U);
  EXPECT_FALSE(vectors->of_block(damaged)->has_value());
  EXPECT_TRUE(vectors->of_block(sound)->has_value());
  EXPECT_EQ(vectors->query("the heron").pending, 0U);
}

/// Does something once while the model runs.
class InterruptedEmbedder final : public Embedder {
 public:
  std::function<void()> meanwhile;

  [[nodiscard]] const std::string& model_id() const override { return real_.model_id(); }
  [[nodiscard]] std::size_t dim() const override { return real_.dim(); }
  [[nodiscard]] std::size_t tokens_max() const override { return real_.tokens_max(); }
  [[nodiscard]] Result<std::size_t> count_tokens(std::string_view text) override {
    return real_.count_tokens(text);
  }
  [[nodiscard]] Result<EmbeddingRows> embed(std::span<const std::string_view> texts,
                                            TextRole role) override {
    if (const auto once = std::exchange(meanwhile, nullptr)) once();
    return real_.embed(texts, role);
  }
  [[nodiscard]] Result<EmbeddingRows> embed_in_context(
      std::span<const ContextText> texts) override {
    if (const auto once = std::exchange(meanwhile, nullptr)) once();
    return real_.embed_in_context(texts);
  }

 private:
  TestEmbedder real_{32};
};

TEST_F(ModelChange, WhatIsErasedWhileTheModelRunsLeavesNoVector) {
  const auto gone = remember("the heron stands in the pond", "s");
  const auto beside = remember("and then it flies away", "s");
  const auto embedder = std::make_shared<InterruptedEmbedder>();
  const auto vectors = open(embedder);
  const auto erase = [&] { ASSERT_TRUE(memory_->forget({.blocks = {gone}}, 1).ok()); };
  embedder->meanwhile = erase;
  ASSERT_EQ(*vectors->embed_pending(1'000, Vectors::Reach::own_and_context, {}), 0U);
  EXPECT_FALSE(vectors->of_block(gone)->has_value());
  EXPECT_TRUE(vectors->of_block(beside)->has_value());
}

}  // namespace
}  // namespace mbe
