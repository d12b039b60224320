#include "index/common/sequence_set.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace mbe {
namespace {

using Sequences = std::vector<std::uint64_t>;

TEST(SequenceSet, AnswersLikeASortedSetOfNumbers) {
  SeededRandom random(1);
  std::set<std::uint64_t> expected;
  SequenceSet set;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t sequence = random.below(1 << 18);
    if (random.below(3) == 0) {
      set.remove(sequence);
      expected.erase(sequence);
    } else {
      set.add(sequence);
      expected.insert(sequence);
    }
  }
  EXPECT_EQ(set.to_vector(), Sequences(expected.begin(), expected.end()));
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t at = random.below(1 << 18);
    EXPECT_EQ(set.contains(at), expected.contains(at));
    const auto next = expected.upper_bound(at);
    EXPECT_EQ(set.next_after(at), next == expected.end() ? std::nullopt : std::optional(*next));
    const auto here = expected.lower_bound(at);
    EXPECT_EQ(set.last_before(at),
              here == expected.begin() ? std::nullopt : std::optional(*std::prev(here)));
  }
}

TEST(SequenceSet, GivesTheMembersOfAHalfOpenRange) {
  const SequenceSet set{3, 5, 9, 70'000};
  EXPECT_EQ(set.between(4, 70'000), (Sequences{5, 9}));
  EXPECT_EQ(set.between(10, 20), Sequences{});
  EXPECT_EQ(set.between(sequence_limit, sequence_limit + 5), Sequences{});
  EXPECT_EQ(SequenceSet{}.between(0, 9), Sequences{});
}

TEST(SequenceSet, KnowsWhetherARangeIsWholeAndWhereItEnds) {
  SequenceSet set = SequenceSet::range(10, 200'000);
  set.add(sequence_limit - 1);
  EXPECT_TRUE(set.contains_range(10, 200'000));
  EXPECT_TRUE(set.contains_range(70'000, 70'001));
  EXPECT_FALSE(set.contains_range(9, 20));
  EXPECT_FALSE(set.contains_range(199'990, 200'001));
  EXPECT_TRUE(set.contains_range(sequence_limit - 1, sequence_limit));
  EXPECT_FALSE(set.contains_range(sequence_limit - 1, sequence_limit + 1));
  set.remove(100'000);
  EXPECT_FALSE(set.contains_range(10, 200'000));
  EXPECT_EQ(set.last(), sequence_limit - 1);
  EXPECT_EQ(SequenceSet{}.last(), std::nullopt);
}

TEST(SequenceSet, CountsWhatItSharesWithAnother) {
  EXPECT_EQ((SequenceSet{1, 2, 3, 70'000}.shared_with({3, 4, 70'000})), 2U);
  EXPECT_EQ(SequenceSet{}.shared_with({3}), 0U);
}

TEST(SequenceSet, CombinesSets) {
  const SequenceSet a{1, 2, 3};
  const SequenceSet b{3, 4};
  EXPECT_EQ(a & b, SequenceSet{3});
  EXPECT_EQ(a | b, (SequenceSet{1, 2, 3, 4}));
  EXPECT_EQ(a - b, (SequenceSet{1, 2}));
  EXPECT_EQ(SequenceSet::range(1, 4), a);
  EXPECT_TRUE(SequenceSet::range(4, 4).empty());
}

TEST(SequenceSet, NeverContainsWhatLiesAboveTheLimit) {
  SequenceSet set{0, sequence_limit - 1};
  EXPECT_TRUE(set.contains(sequence_limit - 1));
  EXPECT_FALSE(set.contains(sequence_limit));
  set.remove(sequence_limit);
  EXPECT_EQ(set.size(), 2u);
  EXPECT_EQ(set.next_after(sequence_limit - 1), std::nullopt);
  EXPECT_EQ(set.last_before(0), std::nullopt);
}

SequenceSet mixed() {
  SequenceSet set{1, 5, 9};
  set |= SequenceSet::range(70'000, 90'000);
  for (std::uint64_t i = 200'000; i < 250'000; i += 3) set.add(i);
  return set;
}

TEST(SequenceSet, ReadsBackWhatItWrote) {
  for (const SequenceSet& set : {SequenceSet{}, SequenceSet{7}, mixed()}) {
    EXPECT_EQ(SequenceSet::parse(set.serialise()), set);
  }
}

TEST(SequenceSet, RefusesCutAndLengthenedBytes) {
  const std::string bytes = mixed().serialise();
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    EXPECT_FALSE(SequenceSet::parse(std::string_view(bytes).substr(0, size)).has_value());
  }
  EXPECT_FALSE(SequenceSet::parse(bytes + "x").has_value());
}

TEST(SequenceSet, ReadsNoMutatedBytesAsASetThatDoesNotHoldTogether) {
  const std::string bytes = mixed().serialise();
  SeededRandom random(2);
  for (int i = 0; i < 3000; ++i) {
    std::string mutated = bytes;
    mutated[random.below(i % 2 == 0 ? 64 : bytes.size())] ^=
        static_cast<char>(1 + random.below(255));
    const auto parsed = SequenceSet::parse(mutated);
    if (!parsed) continue;
    EXPECT_EQ(parsed->to_vector().size(), parsed->size());
  }
}

}  // namespace
}  // namespace mbe
