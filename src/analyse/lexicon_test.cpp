#include "analyse/lexicon.h"

#include <unistd.h>

#include <fstream>

#include "analyse/test_analyser.h"

namespace mbe::analyse {
namespace {

namespace fs = std::filesystem;

/// A copy of data/lexicon that a test may spoil; removed at the end.
class LexiconCopy : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        fs::temp_directory_path() / ("mbe_lexicon_" + std::to_string(getpid()) + "_" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(directory_);
    fs::copy(std::string(MBE_SOURCE_DIR) + "/data/lexicon", directory_,
             fs::copy_options::recursive);
  }
  void TearDown() override { fs::remove_all(directory_); }
  void append(const std::string& file, const std::string& row) const {
    std::ofstream(directory_ / file, std::ios::app) << row << '\n';
  }
  [[nodiscard]] ErrorCode error_of_open() const {
    const auto dictionary = find_resource(korean_dictionary_resource);
    const auto opened = Analyser::open({*dictionary, directory_});
    EXPECT_FALSE(opened.ok());
    return opened.ok() ? ErrorCode{} : opened.error().code();
  }
  fs::path directory_;
};

TEST_F(LexiconCopy, OpensAndChangesItsDigestWithAnEntry) {
  const auto before = Lexicon::open(directory_);
  append("ko.tsv", "블록체인맨\tproject");
  const auto after = Lexicon::open(directory_);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_NE(before->digest(), after->digest());
  EXPECT_TRUE(before->korean("블록체인맨").empty());
  EXPECT_EQ(after->korean("블록체인맨").size(), 1U);
}

TEST_F(LexiconCopy, RefusesAnUnknownConcept) {
  append("ko.tsv", "낱말\tno_such_concept");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesAnUnknownCue) {
  append("en.tsv", "word\t@no_such_cue");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesAnUnknownCondition) {
  append("en.tsv", "word\tproject\tq");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesAnUnknownNearConcept) {
  append("en.tsv", "word\tproject\tnear=nobody|kind:person");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
  append("en.tsv", "word\tproject\tnear=kind:nobody");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesARowWithTooManyColumns) {
  append("ko.tsv", "a\tproject\tv\textra");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesAnUnknownStop) {
  append("ko_stop.tsv", "낱말\tnothing");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesAnUnknownForm) {
  append("forms_ko.tsv", "다\tnever_heard_of");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesAnUnknownScope) {
  append("forms_en.tsv", "whatever\tnegated\teverywhere");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesAnUnknownKindOfConcept) {
  append("concepts.tsv", "x\tx\tx\tnokind\tx");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesABadRelation) {
  append("relations.tsv", "project\tfailure\t1.5");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesAMeaningOfNothing) {
  append("concept_tags.tsv", "project\t-\t\tno_such_tag");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesABadUnitAndABadDate) {
  append("units.tsv", "foo\t\t0");
  append("dates.tsv", "foo\tnokind\t1");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, RefusesABadSpellingRule) {
  append("ko_spelling.tsv", "foo\tbar\tnowhere");
  EXPECT_EQ(error_of_open(), ErrorCode::corrupt);
}

TEST_F(LexiconCopy, SaysIoWhenAFileIsMissing) {
  fs::remove(directory_ / "en_stop.tsv");
  EXPECT_EQ(error_of_open(), ErrorCode::io);
}

TEST_F(LexiconCopy, FindsNeighboursBothWays) {
  std::ofstream(directory_ / "relations.tsv") << "failure\tending\t0.7\nfailure\tproject\t0.9\n";
  const auto lexicon = Lexicon::open(directory_);
  ASSERT_TRUE(lexicon.ok());
  ASSERT_EQ(lexicon->related("failure").size(), 2U);
  EXPECT_EQ(lexicon->related("failure")[0].id, "project");
  EXPECT_EQ(lexicon->related("ending")[0].id, "failure");
  EXPECT_TRUE(lexicon->related("dog").empty());
}

TEST(AnalyserOpen, SaysUnavailableWithoutADictionary) {
  const auto opened =
      Analyser::open({"/nonexistent", std::string(MBE_SOURCE_DIR) + "/data/lexicon"});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), ErrorCode::unavailable);
}

TEST(Lexicon, NamesConceptsAndTags) {
  const auto* project = test_analyser().find_concept("project");
  ASSERT_NE(project, nullptr);
  EXPECT_EQ(project->label_ko, "프로젝트");
  EXPECT_EQ(test_analyser().find_concept("no such concept"), nullptr);
  EXPECT_EQ(test_analyser().tag_label("negative", Language::korean), "부정적");
  EXPECT_EQ(test_analyser().tag_label("negative", Language::english), "negative");
  EXPECT_EQ(test_analyser().tag_label("no such tag", Language::korean), "no such tag");
  EXPECT_GT(test_analyser().concepts().size(), 300U);
}

}  // namespace
}  // namespace mbe::analyse
