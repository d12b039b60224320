#include "engine/vectors.h"

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

}  // namespace
}  // namespace mbe
