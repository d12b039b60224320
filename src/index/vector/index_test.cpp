#include "index/vector/index.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "fs/faulty.h"
#include "index/vector/oracle.h"

namespace mbe {
namespace {

const VectorModel model4{.id = "test-4", .dim = 4};

class Vector4 : public testing::Test {
 protected:
  void SetUp() override {
    index_ = *VectorIndex::open(fs_, "v", model4);
    const std::vector<VectorEntry> entries{{5, VectorKind::turn, 0, 9},
                                           {5, VectorKind::text_window, 3, 6},
                                           {3, VectorKind::turn, 0, 4},
                                           {8, VectorKind::window_context, 0, 2}};
    const std::vector<float> values{1, 0, 0, 0, 0, 1, 0, 0, 0.6f, 0.8f, 0, 0, 0, 0, 1, 0};
    ASSERT_TRUE(index_->append(entries, values, {.sequence = 8, .hash = {1}}).ok());
  }
  [[nodiscard]] std::vector<VectorHit> search(const VectorQuery& query) const {
    return *index_->snapshot()->search(query);
  }
  const std::vector<float> x_{1, 0, 0, 0};
  const std::vector<float> y_{0, 1, 0, 0};
  FaultyFileSystem fs_{1};
  std::unique_ptr<VectorIndex> index_;
};

TEST_F(Vector4, GivesEachSequenceOnceWithItsBestSpan) {
  const auto hits = search({.vector = y_});
  ASSERT_EQ(hits.size(), 3u);
  EXPECT_EQ(hits[0], (VectorHit{5, VectorKind::text_window, 3, 6, 1.0f}));
  EXPECT_EQ(hits[1].sequence, 3u);
  EXPECT_NEAR(hits[1].cosine, 0.8, 1e-3);
  EXPECT_EQ(hits[2].sequence, 8u);
}

TEST_F(Vector4, SearchesOnlyTheKindsAndSequencesAsked) {
  const auto turns = search({.vector = y_, .kinds = kind_bit(VectorKind::turn)});
  ASSERT_EQ(turns.size(), 2u);
  EXPECT_EQ(turns[0].sequence, 3u);
  const SequenceSet allowed{8};
  EXPECT_EQ(search({.vector = y_, .allowed = &allowed})[0].sequence, 8u);
  const SequenceSet none;
  EXPECT_TRUE(search({.vector = y_, .allowed = &none}).empty());
}

TEST_F(Vector4, GivesExactCosinesOfCandidates) {
  const std::vector<std::uint64_t> wanted{8, 5, 4, 5};
  const std::vector<std::span<const float>> queries{x_, y_};
  const auto cosines = *index_->snapshot()->cosines(queries, wanted);
  std::vector<std::optional<float>> turns;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    turns.push_back(best_cosine(cosines[2 * i], kind_bit(VectorKind::turn)));
  }
  EXPECT_EQ(turns, (std::vector<std::optional<float>>{std::nullopt, 1.0f, std::nullopt, 1.0f}));
  EXPECT_EQ(best_cosine(cosines[2 * 1 + 1], all_vector_kinds), 1.0f);
}

TEST_F(Vector4, GivesTheMeanAndTheStoredVectors) {
  const auto mean = index_->snapshot()->mean();
  EXPECT_NEAR(mean[0], 0.4, 1e-3);
  EXPECT_NEAR(mean[1], 0.45, 1e-3);
  const auto stored = *index_->snapshot()->vectors(5);
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored[0].entry.kind, VectorKind::turn);
  EXPECT_EQ(stored[1].values, y_);
  EXPECT_TRUE(index_->snapshot()->vectors(77)->empty());
  EXPECT_EQ(*index_->snapshot()->sequences(kind_bit(VectorKind::turn)), (SequenceSet{3, 5}));
}

TEST_F(Vector4, RemovesEveryVectorOfASequenceFromMemoryAndFiles) {
  ASSERT_TRUE(index_->flush().ok());
  const auto before = index_->snapshot();
  index_->remove(std::vector<std::uint64_t>{5, 99});
  EXPECT_EQ(search({.vector = x_})[0].sequence, 3u);
  EXPECT_TRUE(index_->snapshot()->vectors(5)->empty());
  EXPECT_EQ(*index_->snapshot()->sequences(), (SequenceSet{3, 8}));
  ASSERT_TRUE(index_->purge().ok());
  EXPECT_EQ(index_->snapshot()->vector_count(), 2u);
  EXPECT_EQ(before->search({.vector = x_})->front().sequence, 5u);
  const auto again = *VectorIndex::open(fs_, "v", model4);
  EXPECT_EQ(again->snapshot()->vector_count(), 2u);
  EXPECT_EQ(fs_.paths().size(), 2u);  // the manifest and the one segment
}

TEST_F(Vector4, ReopensWithItsWatermark) {
  EXPECT_EQ(index_->persisted(), std::nullopt);
  EXPECT_EQ(index_->tail_vectors(), 4u);
  ASSERT_TRUE(index_->flush().ok());
  const auto again = *VectorIndex::open(fs_, "v", model4);
  EXPECT_EQ(again->covered(), (Watermark{.sequence = 8, .hash = {1}}));
  EXPECT_EQ(again->model(), model4);
  EXPECT_GT(again->bytes_on_disk(), 0u);
  EXPECT_TRUE(again->verify().ok());
}

TEST_F(Vector4, SwitchesModelsByGeneration) {
  EXPECT_EQ(*VectorIndex::active(fs_, "v"), std::nullopt);
  ASSERT_TRUE(index_->activate().ok());
  EXPECT_EQ(*VectorIndex::active(fs_, "v"), model4);
  const VectorModel other{.id = "test-2", .dim = 2};
  const auto next = *VectorIndex::open(fs_, "v", other);
  ASSERT_TRUE(
      next->append(std::vector<VectorEntry>{{5}}, std::vector<float>{1, 0}, {.sequence = 5}).ok());
  ASSERT_TRUE(next->flush().ok());
  EXPECT_EQ(*VectorIndex::active(fs_, "v"), model4);
  EXPECT_EQ((*VectorIndex::open(fs_, "v", model4))->snapshot()->vector_count(), 4u);
  ASSERT_TRUE(next->activate().ok());
  EXPECT_EQ(*VectorIndex::active(fs_, "v"), other);
  EXPECT_EQ((*VectorIndex::open(fs_, "v", model4))->snapshot()->vector_count(), 0u);
  EXPECT_EQ((*VectorIndex::open(fs_, "v", other))->snapshot()->vector_count(), 1u);
  EXPECT_EQ(index_->snapshot()->vector_count(), 4u);  // what was mapped stays readable
  ASSERT_TRUE(VectorIndex::drop(fs_, "v", other).ok());
  EXPECT_EQ((*VectorIndex::open(fs_, "v", other))->snapshot()->vector_count(), 0u);
  EXPECT_TRUE(VectorIndex::drop(fs_, "v", {.id = "never", .dim = 3}).ok());
}

TEST_F(Vector4, ReportsADamagedActiveFile) {
  ASSERT_TRUE(index_->activate().ok());
  const std::string bytes = fs_.contents("v/active");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string mutated = bytes;
    mutated[i] ^= 1;
    fs_.set_contents("v/active", mutated);
    EXPECT_EQ(VectorIndex::active(fs_, "v").error().code(), ErrorCode::corrupt);
    fs_.set_contents("v/active", bytes.substr(0, i));
    EXPECT_EQ(VectorIndex::active(fs_, "v").error().code(), ErrorCode::corrupt);
  }
}

TEST_F(Vector4, RefusesBadQueries) {
  const auto snapshot = index_->snapshot();
  const std::vector<float> three{1, 0, 0};
  const std::vector<float> infinite{1, 0, 0, INFINITY};
  const auto code = [&](const VectorQuery& query) {
    return snapshot->search(query).error().code();
  };
  EXPECT_EQ(code({.vector = three}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.vector = infinite}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.vector = x_, .top_k = 0}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.vector = x_, .top_k = vector_hits_max + 1}), ErrorCode::limit);
  const std::vector<std::span<const float>> queries{x_, three};
  EXPECT_EQ(snapshot->cosines(queries, {}).error().code(), ErrorCode::invalid_argument);
}

TEST_F(Vector4, RefusesBadVectorsAndModels) {
  const auto code = [this](VectorEntry entry, std::vector<float> values, std::uint64_t covered) {
    return index_->append(std::span(&entry, 1), values, {.sequence = covered}).error().code();
  };
  EXPECT_EQ(code({9}, {1, 0, 0}, 9), ErrorCode::invalid_argument);
  EXPECT_EQ(code({9}, {1, 1, 0, 0}, 9), ErrorCode::invalid_argument);
  EXPECT_EQ(code({9}, {NAN, 0, 0, 0}, 9), ErrorCode::invalid_argument);
  EXPECT_EQ(code({9, VectorKind::turn, 5, 4}, x_, 9), ErrorCode::invalid_argument);
  EXPECT_EQ(code({9}, x_, 7), ErrorCode::invalid_argument);
  EXPECT_EQ(code({sequence_limit}, x_, sequence_limit), ErrorCode::limit);
  EXPECT_EQ(VectorIndex::open(fs_, "v", {.id = "", .dim = 4}).error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(VectorIndex::open(fs_, "v", {.id = "a", .dim = 0}).error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(VectorIndex::open(fs_, "v", {.id = "a", .dim = vector_dim_max + 1}).error().code(),
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace mbe
