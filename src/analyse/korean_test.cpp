#include "analyse/korean.h"

#include <gtest/gtest.h>

#include "analyse/spelling.h"
#include "analyse/stemmer.h"
#include "analyse/test_analyser.h"
#include "analyse/user_dictionary.h"

namespace mbe::analyse {
namespace {

bool has_lemma(std::string_view text, std::string_view lemma) {
  for (const auto& term : test_analysis(text).terms) {
    if (term.kind == TermKind::lemma && term.text == lemma) return true;
  }
  return false;
}

struct Case {
  const char* text;
  const char* lemma;
};
void PrintTo(const Case& value, std::ostream* out) {
  *out << value.text;
}
class KoreanLemmas : public testing::TestWithParam<Case> {};

TEST_P(KoreanLemmas, AreRestored) {
  EXPECT_TRUE(has_lemma(GetParam().text, GetParam().lemma));
}

INSTANTIATE_TEST_SUITE_P(Words, KoreanLemmas,
                         testing::Values(Case{"망했다", "망하다"}, Case{"망햇다", "망하다"},
                                         Case{"무너졌어", "무너지다"},
                                         Case{"프로젝트가망했다", "프로젝트"},
                                         Case{"진행했던", "진행하다"}, Case{"민수랑 갔어", "민수"},
                                         Case{"만들었어", "만들다"}, Case{"예뻐요", "예쁘다"},
                                         Case{"의욕이 없다", "의욕"},
                                         Case{"남친이랑 헤어졌어", "남친"},
                                         Case{"힘들당", "힘들다"}));

TEST(Spelling, TakesOutLaughterAndTears) {
  const auto spelling =
      Spelling::open(std::string(MBE_SOURCE_DIR) + "/data/lexicon/ko_spelling.tsv");
  ASSERT_TRUE(spelling.ok());
  Laughter laughter;
  const auto text = spelling->correct(normalise("ㅋㅋㅋ 재밌어 ㅠㅠ"), laughter);
  EXPECT_EQ(laughter.laughs, 1U);
  EXPECT_EQ(laughter.tears, 1U);
  EXPECT_EQ(text.text.find("ㅋ"), std::string::npos);
  EXPECT_NE(text.text.find("재밌어"), std::string::npos);
}

TEST(NormalText, RemembersWhereEachByteCameFrom) {
  const std::string original = "ＡＢＣ “민수”\tok";
  const auto normal = normalise(original);
  ASSERT_EQ(normal.origin.size(), normal.text.size() + 1);
  EXPECT_TRUE(std::is_sorted(normal.origin.begin(), normal.origin.end()));
  EXPECT_EQ(normal.text, "abc \"민수\" ok");
  const auto at = normal.text.find("민수");
  EXPECT_EQ(normal.verbatim(original, at, at + 6), "민수");
}

TEST(NormalText, DropsIllFormedBytes) {
  EXPECT_EQ(normalise("a\xff"
                      "b\xed\xa0\x80")
                .text,
            "ab");
}

TEST(Stemmer, GivesSnowballStems) {
  Stemmer stemmer;
  EXPECT_EQ(stemmer.stem("running"), "run");
  EXPECT_EQ(stemmer.stem("flies"), "fli");
  EXPECT_EQ(stemmer.stem("running"), "run");
}

TEST(UserDictionary, StatesItsOwnSizeAndVersion) {
  const auto bytes = build_user_dictionary({{"나", 1, 1, 0, 0, "NP"}, {"가", 1, 1, 0, 0, "NP"}},
                                           {10, 10, "utf-8"});
  const auto word = [&](std::size_t index) {
    std::uint32_t value = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      value |= std::uint32_t{static_cast<unsigned char>(bytes[index * 4 + k])} << (8 * k);
    }
    return value;
  };
  EXPECT_EQ(word(0) ^ 0xEF718F77U, bytes.size());
  EXPECT_EQ(word(1), 102U);
  EXPECT_EQ(word(3), 2U);
}

TEST(OtherScripts, BecomeWordsAndBigrams) {
  bool bigram = false;
  for (const auto& term : test_analysis("東京タワーに行った").terms) {
    bigram = bigram || (term.kind == TermKind::bigram && term.text == "東京");
  }
  EXPECT_TRUE(bigram);
  EXPECT_EQ(test_analysis("東京タワーに行った").language, Language::other);
}

}  // namespace
}  // namespace mbe::analyse
