#include "derive/summary.h"

#include <gtest/gtest.h>

#include "derive/sentences.h"

namespace mbe {
namespace {

TEST(Sentences, EndWhereTheyEnd) {
  EXPECT_EQ(sentences_of("커피를 마셨다. 3.5km를 뛰었어!\n  끝 "),
            (std::vector<std::string>{"커피를 마셨다.", "3.5km를 뛰었어!", "끝"}));
  EXPECT_TRUE(sentences_of(" \n ").empty());
  EXPECT_EQ(sentences_of(std::string(1'000, '\n') + "x").size(), 1U);
}

TEST(MostTelling, TakesWhatTheMostSentencesSpeakOf) {
  const std::vector<Telling> all = {{{"rain", "umbrella", "street", "wet"}, 0},
                                    {{"marathon", "run", "goal", "spring"}, 0},
                                    {{"marathon", "train", "morning", "run"}, 0},
                                    {{"marathon", "shoe", "buy", "run"}, 0}};
  const auto picked = most_telling(all, 1);
  ASSERT_EQ(picked.size(), 1U);
  EXPECT_NE(picked[0], 0U);
}

TEST(MostTelling, PassesOverWhatSaysTheSame) {
  const std::vector<Telling> all = {{{"marathon", "run", "goal", "spring"}, 0},
                                    {{"marathon", "run", "goal", "spring", "again"}, 0},
                                    {{"cat", "vet", "money", "ill"}, 0}};
  EXPECT_EQ(most_telling(all, 2), (std::vector<std::size_t>{0, 2}));
}

TEST(MostTelling, PrefersTheMoreImportantOfEquals) {
  const std::vector<Telling> all = {{{"a", "b", "c", "d"}, 0.1F}, {{"e", "f", "g", "h"}, 0.9F}};
  EXPECT_EQ(most_telling(all, 1), (std::vector<std::size_t>{1}));
}

TEST(MostTelling, GivesNothingOfNothing) {
  EXPECT_TRUE(most_telling({}, 3).empty());
  EXPECT_TRUE(most_telling(std::vector<Telling>{{{}, 1}}, 3).empty());
}

}  // namespace
}  // namespace mbe
