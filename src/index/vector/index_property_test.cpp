// Random histories of the vector index against its oracle, the first pass's recall, and damage.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "fs/faulty.h"
#include "index/vector/oracle.h"
#include "index/vector/segment.h"

namespace mbe {
namespace {

double gaussian(SeededRandom& random) {
  return std::sqrt(-2 * std::log(1 - random.unit())) *
         std::cos(2 * 3.141592653589793 * random.unit());
}

std::vector<float> unit(std::vector<double> values) {
  double norm = 0;
  for (const double value : values) norm += value * value;
  std::vector<float> out;
  for (const double value : values) out.push_back(static_cast<float>(value / std::sqrt(norm)));
  return out;
}

/// Clusters around centres that share a strong common direction, as sentence embeddings do.
class Clusters {
 public:
  Clusters(std::size_t dim, std::size_t count, std::uint64_t seed) : random_(seed) {
    std::vector<double> common(dim);
    for (double& value : common) value = gaussian(random_);
    for (std::size_t i = 0; i < count; ++i) {
      centres_.push_back(common);
      for (double& value : centres_.back()) value += 0.8 * gaussian(random_);
    }
  }
  std::vector<float> draw(double spread = 0.5) {
    std::vector<double> values = centres_[random_.below(centres_.size())];
    for (double& value : values) value += spread * gaussian(random_);
    return unit(std::move(values));
  }
  SeededRandom& random() { return random_; }

 private:
  SeededRandom random_;
  std::vector<std::vector<double>> centres_;
};

void add(VectorIndex& index, VectorOracle& oracle, Clusters& clusters, std::size_t count,
         std::uint64_t sequence_below, std::uint64_t covered) {
  std::vector<VectorEntry> entries;
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = static_cast<std::uint32_t>(clusters.random().below(50));
    entries.push_back({clusters.random().below(sequence_below),
                       static_cast<VectorKind>(clusters.random().below(3)), begin,
                       begin + static_cast<std::uint32_t>(clusters.random().below(50))});
    const std::vector<float> vector = clusters.draw();
    values.insert(values.end(), vector.begin(), vector.end());
    oracle.append(entries.back(), vector);
  }
  ASSERT_TRUE(index.append(entries, values, {.sequence = covered}).ok());
}

void expect_same(const VectorIndex& index, const VectorOracle& oracle, Clusters& clusters,
                 std::uint64_t sequence_below) {
  const auto snapshot = index.snapshot();
  for (int i = 0; i < 4; ++i) {
    const std::vector<float> vector = clusters.draw();
    SequenceSet allowed;
    const std::uint64_t density = clusters.random().below(3) == 0 ? 100 : 2;
    for (std::uint64_t at = 0; at < sequence_below; ++at) {
      if (clusters.random().below(density) == 0) allowed.add(at);
    }
    const VectorQuery query{.vector = vector,
                            .top_k = 1 + clusters.random().below(40),
                            .kinds = static_cast<std::uint8_t>(1 + clusters.random().below(7)),
                            .allowed = clusters.random().below(2) == 0 ? &allowed : nullptr};
    const auto hits = snapshot->search(query);
    ASSERT_TRUE(hits.ok());
    const auto expected = oracle.search(query);
    ASSERT_EQ(hits->size(), expected.size());
    std::vector<std::uint64_t> sequences;
    for (std::size_t at = 0; at < expected.size(); ++at) {
      ASSERT_NEAR((*hits)[at].cosine, expected[at].cosine, 2e-6);
      sequences.push_back((*hits)[at].sequence);
    }
    const std::span<const float> asked = vector;
    const auto cosines = *snapshot->cosines(std::span(&asked, 1), sequences);
    for (std::size_t at = 0; at < hits->size(); ++at) {
      ASSERT_EQ(best_cosine(cosines[at], query.kinds), (*hits)[at].cosine);
    }
  }
  const auto mean = snapshot->mean();
  const auto expected = oracle.mean();
  for (std::size_t i = 0; i < mean.size(); ++i) ASSERT_NEAR(mean[i], expected[i], 1e-5);
}

class VectorHistories : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, VectorHistories, testing::Range<std::uint64_t>(1, 7));

TEST_P(VectorHistories, RankLikeTheOracleThroughFlushMergeDeleteAndReopen) {
  Clusters clusters(20, 9, GetParam());
  SeededRandom& random = clusters.random();
  FaultyFileSystem fs(GetParam());
  const VectorModel model{.id = "m", .dim = 20};
  auto index = *VectorIndex::open(fs, "v", model);
  VectorOracle oracle(20);
  std::uint64_t covered = 0;
  ASSERT_NO_FATAL_FAILURE(add(*index, oracle, clusters, 1500, 1000, ++covered));
  for (int step = 0; step < 30; ++step) {
    const std::uint64_t action = random.below(10);
    if (action < 6) {
      ASSERT_NO_FATAL_FAILURE(add(*index, oracle, clusters, random.below(400), 1000, ++covered));
    } else if (action == 6) {
      ASSERT_TRUE(index->purge().ok());
    } else if (action < 9) {
      ASSERT_TRUE(index->flush().ok());
      index = *VectorIndex::open(fs, "v", model);
    } else {
      for (int i = 0; i < 5; ++i) {
        const std::uint64_t sequence = random.below(1000);
        index->remove(std::span(&sequence, 1));
        oracle.remove(sequence);
      }
      ASSERT_TRUE(index->purge().ok());
    }
    if (step % 6 != 5) continue;
    ASSERT_NO_FATAL_FAILURE(expect_same(*index, oracle, clusters, 1000));
  }
}

TEST(VectorFirstPass, KeepsTheExactTopTenAndExactCosines) {
  constexpr std::size_t dim = 384;
  Clusters clusters(dim, 300, 11);
  FaultyFileSystem fs(11);
  const VectorOptions options{.exact_scan_max = 1000, .threads_from = 5000};
  const auto index = *VectorIndex::open(fs, "v", {.id = "m", .dim = dim}, options);
  VectorOracle oracle(dim);
  ASSERT_NO_FATAL_FAILURE(add(*index, oracle, clusters, 20'000, 20'000, 20'000));
  ASSERT_TRUE(index->flush().ok());
  std::size_t found = 0;
  for (int i = 0; i < 50; ++i) {
    const std::vector<float> vector = clusters.draw();
    const auto hits = *index->snapshot()->search({.vector = vector, .top_k = 10});
    const auto expected = oracle.search({.vector = vector, .top_k = 10});
    for (const VectorHit& wanted : expected) {
      for (const VectorHit& hit : hits) {
        if (hit.sequence != wanted.sequence) continue;
        ++found;
        EXPECT_NEAR(hit.cosine, wanted.cosine, 2e-6);
      }
    }
  }
  EXPECT_GE(found, 495u) << "of 500";
}

TEST(VectorFirstPass, GivesTheSameHitsOnOneAndTwoThreads) {
  Clusters clusters(64, 50, 12);
  FaultyFileSystem fs(12);
  const VectorModel model{.id = "m", .dim = 64};
  VectorOracle oracle(64);
  const auto index = *VectorIndex::open(fs, "v", model);
  ASSERT_NO_FATAL_FAILURE(add(*index, oracle, clusters, 17'000, 9000, 1));
  ASSERT_TRUE(index->flush().ok());
  const auto one = *VectorIndex::open(fs, "v", model, {.threads_max = 1, .threads_from = 1});
  const auto two = *VectorIndex::open(fs, "v", model, {.threads_max = 2, .threads_from = 1});
  for (int i = 0; i < 20; ++i) {
    const std::vector<float> vector = clusters.draw();
    EXPECT_EQ(*one->snapshot()->search({.vector = vector}),
              *two->snapshot()->search({.vector = vector}));
  }
}

class VectorCrashes : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, VectorCrashes, testing::Range<std::uint64_t>(1, 31));

TEST_P(VectorCrashes, LeaveACompleteEarlierState) {
  Clusters clusters(8, 3, GetParam());
  FaultyFileSystem fs(GetParam());
  const VectorModel model{.id = "m", .dim = 8};
  auto index = *VectorIndex::open(fs, "v", model);
  VectorOracle oracle(8);
  std::uint64_t flushed = 0;
  fs.power_off_at(1 + clusters.random().below(100));
  for (std::uint64_t round = 1; round <= 12; ++round) {
    ASSERT_NO_FATAL_FAILURE(add(*index, oracle, clusters, 10, 100, round));
    if (!index->flush().ok()) break;
    flushed = round;
  }
  index.reset();
  fs.crash();
  const auto opened = VectorIndex::open(fs, "v", model);
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  ASSERT_TRUE((*opened)->verify().ok());
  const std::uint64_t covered = (*opened)->persisted().value_or(Watermark{}).sequence;
  EXPECT_GE(covered, flushed);
  EXPECT_EQ((*opened)->snapshot()->vector_count(), covered * 10);
}

TEST(VectorDamage, IsReportedNeverReadAsAnAnswer) {
  Clusters clusters(16, 5, 9);
  FaultyFileSystem fs(9);
  const VectorModel model{.id = "m", .dim = 16};
  const VectorOptions options{.exact_scan_max = 100};
  const auto index = *VectorIndex::open(fs, "v", model, options);
  VectorOracle oracle(16);
  ASSERT_NO_FATAL_FAILURE(add(*index, oracle, clusters, 3000, 2000, 1));
  ASSERT_TRUE(index->flush().ok());
  const std::vector<float> vector = clusters.draw();
  const auto expected = *index->snapshot()->search({.vector = vector});
  std::string path;
  for (const std::string& name : fs.paths()) {
    if (name.ends_with(".seg")) path = name;
  }
  const std::string bytes = fs.contents(path);
  for (int i = 0; i < 300; ++i) {
    std::string mutated = bytes;
    mutated[clusters.random().below(bytes.size())] ^=
        static_cast<char>(1 + clusters.random().below(255));
    if (i % 10 == 0) mutated.resize(clusters.random().below(bytes.size()));
    fs.set_contents(path, mutated);
    const auto opened = VectorIndex::open(fs, "v", model, options);
    if (!opened.ok()) {
      EXPECT_EQ(opened.error().code(), ErrorCode::corrupt);
      continue;
    }
    EXPECT_EQ((*opened)->verify().error().code(), ErrorCode::corrupt);
    const auto hits = (*opened)->snapshot()->search({.vector = vector});
    if (hits.ok()) {
      EXPECT_EQ(*hits, expected);
    } else {
      EXPECT_EQ(hits.error().code(), ErrorCode::corrupt);
    }
  }
}

}  // namespace
}  // namespace mbe
