// Random histories of the keyword index against its oracle, and against a disk that fails.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "fs/faulty.h"
#include "index/keyword/index.h"
#include "index/keyword/oracle.h"

namespace mbe {
namespace {

// Terms are few and skewed, so that lists of every form and many equal scores occur.
std::string random_text(SeededRandom& random, std::uint64_t vocabulary) {
  const double skewed = std::pow(random.unit(), 3.0);
  return fmt::format("t{}", static_cast<std::uint64_t>(skewed * static_cast<double>(vocabulary)));
}

KeywordDocument random_document(SeededRandom& random, std::uint64_t sequence) {
  KeywordDocument out{.sequence = sequence, .terms = {}};
  const std::uint64_t size = random.below(20);
  for (std::uint64_t i = 0; i < size; ++i) {
    out.terms.push_back(
        {.kind = static_cast<TermKind>(random.below(term_kinds)),
         .text = random_text(random, 300),
         .count = static_cast<std::uint32_t>(random.below(40) == 0 ? 1 + random.below(100'000)
                                                                   : 1 + random.below(3))});
  }
  return out;
}

std::vector<QueryTerm> random_query(SeededRandom& random) {
  std::vector<QueryTerm> out;
  const std::uint64_t size = 1 + random.below(12);
  for (std::uint64_t i = 0; i < size; ++i) {
    out.push_back({.kind = static_cast<TermKind>(random.below(term_kinds)),
                   .text = random_text(random, 300),
                   .weight = static_cast<float>(random.below(5)) * 0.5f});
  }
  return out;
}

void expect_same(const KeywordIndex& index, const KeywordOracle& oracle, SeededRandom& random,
                 std::uint64_t end) {
  const auto snapshot = index.snapshot();
  ASSERT_EQ(snapshot->document_count(), oracle.document_count());
  for (int i = 0; i < 6; ++i) {
    const auto query = random_query(random);
    SequenceSet allowed;
    const std::uint64_t density = random.below(4) == 0 ? 200 : 2;
    for (std::uint64_t at = 0; at < end; ++at) {
      if (random.below(density) == 0) allowed.add(at);
    }
    const KeywordSearchOptions options{.top_k = 1 + random.below(30),
                                       .allowed = random.below(2) == 0 ? &allowed : nullptr};
    const auto hits = snapshot->search(query, options);
    ASSERT_TRUE(hits.ok()) << hits.error().message();
    ASSERT_EQ(*hits, oracle.search(query, options));
    std::vector<std::uint64_t> some;
    for (int n = 0; n < 20; ++n) some.push_back(random.below(end + 2));
    const auto parts = *snapshot->score_parts(*snapshot->plan(query), some);
    for (std::size_t n = 0; n < some.size(); ++n) {
      const KeywordParts expected = oracle.parts(query, some[n]);
      ASSERT_EQ(parts[n].by_kind, expected.by_kind);
      ASSERT_EQ(parts[n].terms_matched, expected.terms_matched);
      ASSERT_NEAR(parts[n].idf_matched, expected.idf_matched, 1e-9);
    }
  }
}

class Histories : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, Histories, testing::Range<std::uint64_t>(1, 9));

TEST_P(Histories, RankLikeTheOracleThroughFlushMergeDeleteAndReopen) {
  SeededRandom random(GetParam());
  FaultyFileSystem fs(GetParam());
  auto index = *KeywordIndex::open(fs, "d");
  KeywordOracle oracle;
  std::uint64_t next = random.below(5);
  for (int step = 0; step < 40; ++step) {
    const std::uint64_t action = random.below(10);
    if (action < 6) {
      std::vector<KeywordDocument> batch;
      for (std::uint64_t i = random.below(action == 0 ? 3000 : 200); i > 0; --i) {
        batch.push_back(random_document(random, next));
        oracle.append(batch.back());
        next += 1 + (random.below(10) == 0 ? random.below(50) : 0);
      }
      ASSERT_TRUE(index->append(batch, {.sequence = next}).ok());
    } else if (action == 6) {
      ASSERT_TRUE(index->flush().ok());
      oracle.purge();
    } else if (action == 7) {
      ASSERT_TRUE(index->purge().ok());
      oracle.purge();
    } else if (action == 8) {
      ASSERT_TRUE(index->flush().ok());
      oracle.purge();
      index = *KeywordIndex::open(fs, "d");
    } else {
      for (int i = 0; i < 5 && next > 0; ++i) {
        const std::uint64_t sequence = random.below(next);
        index->remove(std::span(&sequence, 1));
        oracle.remove(sequence);
      }
    }
    if (step % 5 != 4) continue;
    ASSERT_NO_FATAL_FAILURE(expect_same(*index, oracle, random, next));
  }
}

TEST(KeywordSegments, RankLikeTheOracleOverManySegments) {
  SeededRandom random(77);
  FaultyFileSystem fs(77);
  const auto index = *KeywordIndex::open(fs, "d");
  KeywordOracle oracle;
  std::uint64_t next = 0;
  for (int batch = 0; batch < 8; ++batch) {
    std::vector<KeywordDocument> documents;
    for (int i = 0; i < 5000; ++i) {
      documents.push_back(random_document(random, next++));
      oracle.append(documents.back());
    }
    ASSERT_TRUE(index->append(documents, {.sequence = next}).ok());
  }
  ASSERT_NO_FATAL_FAILURE(expect_same(*index, oracle, random, next));
  ASSERT_TRUE(index->flush().ok());
  ASSERT_NO_FATAL_FAILURE(expect_same(*index, oracle, random, next));
}

class Crashes : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, Crashes, testing::Range<std::uint64_t>(1, 31));

// After a power cut at any call the index is one that some flush completed, never a mixture.
TEST_P(Crashes, LeaveACompleteEarlierState) {
  SeededRandom random(GetParam());
  FaultyFileSystem fs(GetParam());
  auto index = *KeywordIndex::open(fs, "d");
  std::vector<KeywordDocument> all;
  std::uint64_t flushed = 0;
  fs.power_off_at(1 + random.below(120));
  for (std::uint64_t next = 0; next < 400; next += 20) {
    std::vector<KeywordDocument> batch;
    for (std::uint64_t i = 0; i < 20; ++i) batch.push_back(random_document(random, next + i));
    all.insert(all.end(), batch.begin(), batch.end());
    if (!index->append(batch, {.sequence = next + 19}).ok() || !index->flush().ok()) break;
    flushed = next + 20;
  }
  index.reset();
  fs.crash();
  const auto opened = KeywordIndex::open(fs, "d");
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  ASSERT_TRUE((*opened)->verify().ok());
  const auto covered = (*opened)->persisted();
  const std::uint64_t count = covered ? covered->sequence + 1 : 0;
  ASSERT_GE(count, flushed);
  KeywordOracle oracle;
  for (std::uint64_t i = 0; i < count; ++i) oracle.append(all[i]);
  ASSERT_NO_FATAL_FAILURE(expect_same(**opened, oracle, random, count));
}

TEST_P(Crashes, KeepTheIndexUsableAfterAFailedCall) {
  SeededRandom random(GetParam());
  FaultyFileSystem fs(GetParam());
  const auto index = *KeywordIndex::open(fs, "d");
  KeywordOracle oracle;
  std::uint64_t next = 0;
  for (int round = 0; round < 10; ++round) {
    std::vector<KeywordDocument> batch;
    for (int i = 0; i < 20; ++i) {
      batch.push_back(random_document(random, next++));
      oracle.append(batch.back());
    }
    ASSERT_TRUE(index->append(batch, {.sequence = next}).ok());
    fs.fail_call(1 + random.below(12), static_cast<Fault>(random.below(3)), false);
    const auto flushed = index->flush();
    EXPECT_TRUE(flushed.ok() || flushed.error().code() == ErrorCode::io);
    fs.fail_nothing();
    ASSERT_NO_FATAL_FAILURE(expect_same(*index, oracle, random, next));
  }
  ASSERT_TRUE(index->flush().ok());
  const auto again = KeywordIndex::open(fs, "d");
  ASSERT_TRUE(again.ok()) << again.error().message();
  ASSERT_NO_FATAL_FAILURE(expect_same(**again, oracle, random, next));
}

TEST(KeywordDamage, IsReportedNeverReadAsAnAnswer) {
  SeededRandom random(9);
  FaultyFileSystem fs(9);
  const auto index = *KeywordIndex::open(fs, "d");
  std::vector<KeywordDocument> documents;
  for (std::uint64_t i = 0; i < 3000; ++i) documents.push_back(random_document(random, i));
  ASSERT_TRUE(index->append(documents, {.sequence = 3000}).ok());
  ASSERT_TRUE(index->flush().ok());
  const auto query = random_query(random);
  const auto expected = *index->snapshot()->search(query, {});
  const std::string path = "d/00000001.seg";
  const std::string bytes = fs.contents(path);
  for (int i = 0; i < 400; ++i) {
    std::string mutated = bytes;
    mutated[random.below(bytes.size())] ^= static_cast<char>(1 + random.below(255));
    if (i % 10 == 0) mutated.resize(random.below(bytes.size()));
    fs.set_contents(path, mutated);
    const auto opened = KeywordIndex::open(fs, "d");
    if (!opened.ok()) {
      EXPECT_EQ(opened.error().code(), ErrorCode::corrupt);
      continue;
    }
    EXPECT_EQ((*opened)->verify().error().code(), ErrorCode::corrupt);
    const auto hits = (*opened)->snapshot()->search(query, {});
    if (hits.ok()) {
      EXPECT_EQ(*hits, expected);
    } else {
      EXPECT_EQ(hits.error().code(), ErrorCode::corrupt);
    }
  }
}

TEST(KeywordDamage, AMissingSegmentIsCorrupt) {
  FaultyFileSystem fs(9);
  const auto index = *KeywordIndex::open(fs, "d");
  ASSERT_TRUE(
      index->append(std::vector{KeywordDocument{.sequence = 1, .terms = {}}}, {.sequence = 1})
          .ok());
  ASSERT_TRUE(index->flush().ok());
  ASSERT_TRUE(fs.remove("d/00000001.seg").ok());
  EXPECT_EQ(KeywordIndex::open(fs, "d").error().code(), ErrorCode::corrupt);
}

}  // namespace
}  // namespace mbe
