#include "index/keyword/index.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fs/faulty.h"
#include "index/keyword/oracle.h"

namespace mbe {
namespace {

KeywordDocument document(std::uint64_t sequence, const std::vector<std::string>& lemmas) {
  KeywordDocument out{.sequence = sequence, .terms = {}};
  for (const std::string& text : lemmas) out.terms.push_back({TermKind::lemma, text, 1});
  return out;
}

std::vector<QueryTerm> query(const std::vector<std::string>& lemmas) {
  std::vector<QueryTerm> out;
  for (const std::string& text : lemmas) out.push_back({TermKind::lemma, text, 1});
  return out;
}

std::vector<std::uint64_t> sequences(const std::vector<KeywordHit>& hits) {
  std::vector<std::uint64_t> out;
  for (const KeywordHit& hit : hits) out.push_back(hit.sequence);
  return out;
}

class Keyword3 : public testing::Test {
 protected:
  void SetUp() override {
    index_ = *KeywordIndex::open(fs_, "d");
    const std::vector<KeywordDocument> documents{document(3, {"프로젝트", "실패"}),
                                                 document(5, {"프로젝트", "시작", "약속"}),
                                                 document(9, {"점심", "약속"})};
    ASSERT_TRUE(index_->append(documents, {.sequence = 10, .hash = {1}}).ok());
  }
  FaultyFileSystem fs_{1};
  std::unique_ptr<KeywordIndex> index_;
};

TEST_F(Keyword3, RanksTheRarerAndShorterFirst) {
  const auto hits = *index_->snapshot()->search(query({"프로젝트", "실패"}), {});
  EXPECT_EQ(sequences(hits), (std::vector<std::uint64_t>{3, 5}));
}

TEST_F(Keyword3, ScoresAsTheTextbookFormula) {
  const auto hits = *index_->snapshot()->search(query({"실패"}), {});
  ASSERT_EQ(hits.size(), 1u);
  const double idf = std::log(1 + (3 - 1 + 0.5) / 1.5);
  const double norm = 1.2 * (1 - 0.75 + 0.75 * 2 / (7.0 / 3));
  EXPECT_NEAR(hits[0].score, idf * 2.2 / (1 + norm), 1e-5);
}

TEST_F(Keyword3, GivesStatisticsAndParts) {
  const auto snapshot = index_->snapshot();
  const std::vector<QueryTerm> terms{{TermKind::lemma, "약속"}, {TermKind::stem, "약속"}};
  const auto idf = snapshot->plan(terms)->idf;
  EXPECT_DOUBLE_EQ(idf[0], bm25_idf(3, 2));
  EXPECT_DOUBLE_EQ(idf[1], bm25_idf(3, 0));
  EXPECT_DOUBLE_EQ(snapshot->average_length(LengthClass::word), 7.0 / 3);
  EXPECT_EQ(snapshot->average_length(LengthClass::bigram), 0);
  EXPECT_TRUE(snapshot->contains(5));
  EXPECT_FALSE(snapshot->contains(4));
  const std::vector<std::uint64_t> wanted{9, 4, 9};
  const auto plan = *snapshot->plan(query({"약속", "실패"}));
  EXPECT_DOUBLE_EQ(plan.idf[0], bm25_idf(3, 2));
  const auto parts = *snapshot->score_parts(plan, wanted);
  EXPECT_GT(parts[0].total(), 0);
  EXPECT_EQ(parts[0].terms_matched, 1u);
  EXPECT_EQ(parts[1].total(), 0);
  EXPECT_EQ(parts[2].total(), parts[0].total());
}

TEST_F(Keyword3, KeepsAnOldSnapshotUnchanged) {
  const auto before = index_->snapshot();
  ASSERT_TRUE(index_->append(std::vector{document(11, {"실패"})}, {.sequence = 11}).ok());
  EXPECT_EQ(before->document_count(), 3u);
  EXPECT_EQ(index_->snapshot()->document_count(), 4u);
}

TEST_F(Keyword3, HidesARemovedDocumentAtOnceAndForgetsItAtPurge) {
  ASSERT_TRUE(index_->flush().ok());
  index_->remove(std::vector<std::uint64_t>{3, 77, sequence_limit});
  EXPECT_TRUE(index_->snapshot()->search(query({"실패"}), {})->empty());
  EXPECT_EQ(index_->snapshot()->document_count(), 3u);
  EXPECT_FALSE(index_->snapshot()->contains(3));
  ASSERT_TRUE(index_->purge().ok());
  EXPECT_EQ(index_->snapshot()->document_count(), 2u);
  for (const std::string& path : fs_.paths()) {
    EXPECT_EQ(fs_.contents(path).find("실패"), std::string::npos) << path;
  }
}

TEST_F(Keyword3, PurgesTheTailWithoutWritingIt) {
  index_->remove(std::vector<std::uint64_t>{3});
  ASSERT_TRUE(index_->purge().ok());
  EXPECT_EQ(index_->tail_documents(), 2u);
  EXPECT_EQ(index_->persisted(), std::nullopt);
}

TEST_F(Keyword3, LeavesNoFileWhenEverythingIsRemoved) {
  ASSERT_TRUE(index_->flush().ok());
  index_->remove(std::vector<std::uint64_t>{3, 5, 9});
  ASSERT_TRUE(index_->purge().ok());
  EXPECT_EQ(*fs_.list("d"), std::vector<std::string>{"manifest"});
  EXPECT_TRUE(index_->snapshot()->search(query({"약속"}), {})->empty());
}

TEST_F(Keyword3, ReopensWithItsWatermark) {
  EXPECT_EQ(index_->persisted(), std::nullopt);
  ASSERT_TRUE(index_->flush().ok());
  ASSERT_TRUE(index_->append({}, {.sequence = 12, .hash = {2}}).ok());
  EXPECT_EQ(index_->persisted()->sequence, 10u);
  ASSERT_TRUE(index_->flush().ok());
  const auto again = *KeywordIndex::open(fs_, "d");
  EXPECT_EQ(again->covered(), (Watermark{.sequence = 12, .hash = {2}}));
  EXPECT_EQ(again->persisted(), again->covered());
  EXPECT_EQ(again->snapshot()->document_count(), 3u);
  EXPECT_GT(again->bytes_on_disk(), 0u);
  EXPECT_TRUE(again->verify().ok());
}

TEST_F(Keyword3, SearchesOnlyWhatIsAllowed) {
  const SequenceSet allowed{5, 9};
  const auto hits = *index_->snapshot()->search(query({"프로젝트"}), {.allowed = &allowed});
  EXPECT_EQ(sequences(hits), std::vector<std::uint64_t>{5});
  const SequenceSet none;
  EXPECT_TRUE(index_->snapshot()->search(query({"약속"}), {.allowed = &none})->empty());
}

TEST_F(Keyword3, CountsATermGivenTwiceTwiceAndOneOfNoWeightNot) {
  const auto snapshot = index_->snapshot();
  const auto once = *snapshot->search(query({"실패"}), {});
  const auto twice = *snapshot->search(query({"실패", "실패"}), {});
  EXPECT_DOUBLE_EQ(twice[0].score, 2 * once[0].score);
  EXPECT_TRUE(snapshot->search(std::vector<QueryTerm>{{TermKind::lemma, "실패", 0}}, {})->empty());
}

TEST_F(Keyword3, RefusesBadQueries) {
  const auto snapshot = index_->snapshot();
  const std::vector<QueryTerm> many(query_terms_max + 1, {TermKind::lemma, "실패", 1});
  EXPECT_EQ(snapshot->search(many, {}).error().code(), ErrorCode::limit);
  EXPECT_EQ(snapshot->search(query({}), {.top_k = 0}).error().code(), ErrorCode::limit);
  const KeywordSearchOptions too_many{.top_k = keyword_hits_max + 1};
  EXPECT_EQ(snapshot->search(query({}), too_many).error().code(), ErrorCode::limit);
  for (const float weight : {-1.0f, query_weight_max * 2, std::nanf("")}) {
    const std::vector<QueryTerm> bad{{TermKind::lemma, "실패", weight}};
    EXPECT_EQ(snapshot->search(bad, {}).error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(snapshot->plan(bad).error().code(), ErrorCode::invalid_argument);
  }
}

TEST_F(Keyword3, RefusesBadDocuments) {
  const auto refused = [this](KeywordDocument bad, std::uint64_t covered) {
    return index_->append(std::vector{std::move(bad)}, {.sequence = covered}).error().code();
  };
  EXPECT_EQ(refused(document(9, {"a"}), 20), ErrorCode::invalid_argument);
  EXPECT_EQ(refused(document(21, {"a"}), 20), ErrorCode::invalid_argument);
  EXPECT_EQ(refused(document(11, {""}), 20), ErrorCode::invalid_argument);
  EXPECT_EQ(refused({.sequence = 11, .terms = {{TermKind::lemma, "a", 0}}}, 20),
            ErrorCode::invalid_argument);
  EXPECT_EQ(refused(document(sequence_limit, {"a"}), sequence_limit), ErrorCode::limit);
  EXPECT_EQ(index_->append({}, {.sequence = 9}).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(index_->snapshot()->document_count(), 3u);
}

TEST_F(Keyword3, CutsLongTermsAtItsDoor) {
  const std::string text(term_bytes_max + 9, 'a');
  ASSERT_TRUE(index_->append(std::vector{document(11, {text, text + "b"})}, {.sequence = 11}).ok());
  EXPECT_EQ(sequences(*index_->snapshot()->search(query({text + "c"}), {})),
            std::vector<std::uint64_t>{11});
}

TEST(KeywordIndex, RefusesConstantsOutOfRange) {
  FaultyFileSystem fs(1);
  EXPECT_EQ(KeywordIndex::open(fs, "d", {.k1 = 0}).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(KeywordIndex::open(fs, "d", {.k1 = 5}).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(KeywordIndex::open(fs, "d", {.b = 1.1f}).error().code(), ErrorCode::invalid_argument);
}

TEST(KeywordIndex, AnswersAnEmptyQueryAndAnEmptyIndexWithNothing) {
  FaultyFileSystem fs(1);
  const auto index = *KeywordIndex::open(fs, "d");
  EXPECT_EQ(index->covered(), std::nullopt);
  EXPECT_TRUE(index->snapshot()->search(query({"a"}), {})->empty());
  ASSERT_TRUE(index->append(std::vector{document(0, {})}, {.sequence = 0}).ok());
  EXPECT_TRUE(index->snapshot()->search(query({}), {})->empty());
  ASSERT_TRUE(index->flush().ok());
  EXPECT_EQ((*KeywordIndex::open(fs, "d"))->snapshot()->document_count(), 1u);
}

}  // namespace
}  // namespace mbe
