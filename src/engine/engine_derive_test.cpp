// Blocks made of others, through the engine.
#include "engine/engine_fixture.h"

namespace mbe {
namespace {

class DeriveTest : public EngineTest {
 protected:
  /// A week's worth about one thing, and one sentence about another.
  std::vector<std::uint64_t> talk(const std::string& session = "run") {
    std::vector<std::uint64_t> out;
    for (const char* text :
         {"봄에 마라톤 대회에 나가기로 마음먹었다", "마라톤 연습으로 강가를 뛰는 것이 좋다",
          "마라톤 신발을 새로 사야 한다", "무릎이 아파서 마라톤 연습을 쉬어야 한다"}) {
      out.push_back(remember(text, session));
    }
    return out;
  }
  std::vector<DerivedBlock> summaries(SummaryRequest request = {}) {
    request.at_least = 4;
    auto made = memory_->summarise(request);
    EXPECT_TRUE(made.ok()) << made.error().message();
    return made.ok() ? *made : std::vector<DerivedBlock>{};
  }
  std::vector<DerivedBlock> merges() {
    auto made = memory_->merge_similar({});
    EXPECT_TRUE(made.ok()) << made.error().message();
    return made.ok() ? *made : std::vector<DerivedBlock>{};
  }
};

TEST_F(DeriveTest, SummarisesADayInItsOwnSentences) {
  const auto blocks = talk();
  const auto made = summaries({.sentences = 2});
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].name, "2023-11-14");
  EXPECT_EQ(made[0].sources, blocks);
  const auto shown = memory_->show(made[0].block_index.value());
  EXPECT_EQ(shown->kind, "summary");
  EXPECT_EQ(shown->refs, blocks);
  EXPECT_EQ(std::ranges::count(shown->context, '\n'), 1);
}

TEST_F(DeriveTest, SummarisesTheSameBlocksOnce) {
  talk();
  EXPECT_EQ(summaries().size(), 1U);
  EXPECT_TRUE(summaries().empty());
  remember("마라톤 대회 참가비를 냈다", "run");
  EXPECT_EQ(summaries().size(), 1U);
}

TEST_F(DeriveTest, SummarisesBySessionAndByTopic) {
  talk("first");
  talk("second");
  EXPECT_EQ(summaries({.by = "session"}).size(), 2U);
  const auto topics = summaries({.by = "topic", .dry_run = true});
  ASSERT_FALSE(topics.empty());
  EXPECT_FALSE(topics[0].block_index);
  EXPECT_EQ(memory_->stats()->blocks, 1U + 8U + 2U);
}

TEST_F(DeriveTest, LeavesWhatIsTooYoung) {
  talk();
  EXPECT_TRUE(summaries({.older_days = 30}).empty());
  clock_.advance_ms(31 * TimeMs{86'400'000});
  EXPECT_EQ(summaries({.older_days = 30}).size(), 1U);
}

TEST_F(DeriveTest, KeepsSummariesOutOfRecallUnlessAskedFor) {
  talk();
  const auto made = summaries();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_FALSE(contains(recall("마라톤 연습"), *made[0].block_index));
  const auto asked =
      memory_->recall({.cue = "마라톤 연습", .filter = {.kinds = {"summary"}}, .threshold = false});
  ASSERT_EQ(asked->hits.size(), 1U);
  EXPECT_EQ(asked->hits[0].block.block_index, *made[0].block_index);
}

TEST_F(DeriveTest, ASummaryIsForgottenWithAnyOfItsSources) {
  const auto blocks = talk();
  const auto made = summaries();
  ASSERT_EQ(made.size(), 1U);
  const auto preview = memory_->forget_preview({.blocks = {blocks[1]}});
  ASSERT_EQ(preview->derived.size(), 1U);
  ASSERT_TRUE(memory_->forget({.blocks = {blocks[1]}}, 2).ok());
  EXPECT_EQ(memory_->show(*made[0].block_index)->state, "erased");
  EXPECT_TRUE(summaries().empty());  // three are left
}

TEST_F(DeriveTest, ASummaryHasTheLowestTrustOfItsSources) {
  talk();
  ASSERT_TRUE(memory_->remember({.text = "마라톤 기록은 네 시간이었다", .trust = "web"}).ok());
  const auto made = summaries();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(memory_->show(*made[0].block_index)->trust, "web");
}

TEST_F(DeriveTest, DoesByItselfWhatTheSettingsSay) {
  for (int i = 0; i < 2; ++i) talk();
  remember("나는 매운 음식을 먹으면 배가 아프다");
  remember("나는 매운 음식을 먹으면 배가 아파");
  ASSERT_TRUE(memory_->derive_by_itself({.summarise_after_days = 0, .merge = false}).ok());
  EXPECT_EQ(memory_->stats()->blocks, 11U);
  ASSERT_TRUE(memory_->derive_by_itself({.summarise_after_days = 30, .merge = false}).ok());
  EXPECT_EQ(memory_->stats()->blocks, 11U);  // it was today
  clock_.advance_ms(31 * TimeMs{86'400'000});
  ASSERT_TRUE(memory_->derive_by_itself({.summarise_after_days = 30, .merge = true}).ok());
  std::vector<std::string> kinds;
  const auto made = memory_->list({.filter = {.kinds = {"summary", "merge"}}});
  for (const BlockView& block : *made) kinds.push_back(block.kind);
  EXPECT_TRUE(std::ranges::count(kinds, "summary") == 1) << kinds.size();
  EXPECT_GE(std::ranges::count(kinds, "merge"), 1);
}

TEST_F(DeriveTest, RefusesWhatNoSummaryCanBe) {
  for (const SummaryRequest& request :
       {SummaryRequest{.by = "mood"}, SummaryRequest{.at_least = 1}, SummaryRequest{.sentences = 0},
        SummaryRequest{.sentences = 51}, SummaryRequest{.groups_max = 0}}) {
    EXPECT_EQ(memory_->summarise(request).error().code(), ErrorCode::invalid_argument);
  }
}

TEST_F(DeriveTest, TheLatestStandsForWhatWasSaidAgain) {
  const auto first = remember("나는 매운 음식을 먹으면 배가 아프다");
  const auto other = remember("고양이가 창가에서 자는 것을 좋아한다");
  const auto again = remember("나는 매운 음식을 먹으면 배가 아파");
  const auto made = merges();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].sources, (std::vector<std::uint64_t>{again, first}));
  const auto found = recall("매운 음식");
  EXPECT_TRUE(contains(found, again));
  EXPECT_FALSE(contains(found, first));
  EXPECT_TRUE(contains(recall("고양이"), other));
  EXPECT_EQ(memory_->show(first)->superseded_by, made[0].block_index);
  EXPECT_EQ(memory_->show(first)->context, "나는 매운 음식을 먹으면 배가 아프다");
  EXPECT_TRUE(merges().empty());
}

TEST_F(DeriveTest, ForgettingAMergeBringsTheOthersBack) {
  const auto first = remember("나는 매운 음식을 먹으면 배가 아프다");
  remember("나는 매운 음식을 먹으면 배가 아파");
  const auto made = merges();
  ASSERT_EQ(made.size(), 1U);
  ASSERT_TRUE(memory_->forget({.blocks = {*made[0].block_index}}, 1).ok());
  EXPECT_TRUE(contains(recall("매운 음식"), first));
}

TEST_F(DeriveTest, MergesNotWhatSomebodyElseSaid) {
  remember("나는 매운 음식을 먹으면 배가 아프다");
  ASSERT_TRUE(
      memory_->remember({.text = "나는 매운 음식을 먹으면 배가 아프다", .speaker = "Jun"}).ok());
  EXPECT_TRUE(merges().empty());
}

TEST_F(DeriveTest, ShowsWhatMattersMostFirst) {
  const auto small = remember("창문이 있다");
  const auto large = remember("엄마가 암 수술을 받게 되어 너무 무섭고 슬프다");
  const auto all = memory_->filter({.importance = 0});
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].block_index, large);
  const auto some = memory_->filter({.importance = (*all)[0].importance});
  ASSERT_EQ(some->size(), 1U);
  EXPECT_NE((*some)[0].block_index, small);
  EXPECT_EQ(memory_->filter({.importance = 2}).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(memory_->filter({.limit = 0}).error().code(), ErrorCode::invalid_argument);
}

TEST_F(DeriveTest, PointsOutWhatCannotBothHold) {
  const auto earlier = remember("우리 집 와이파이 비밀번호는 4821이야");
  const auto later = remember("우리 집 와이파이 비밀번호는 7310이야");
  auto found = memory_->conflicts({});
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ((*found)[0].earlier.block_index, earlier);
  EXPECT_EQ((*found)[0].later.block_index, later);
  EXPECT_EQ((*found)[0].rule, "amount");
  // Settled by saying that the one takes the other's place.
  ASSERT_TRUE(memory_->update(earlier, {.text = "우리 집 와이파이 비밀번호는 7310이야"}).ok());
  EXPECT_TRUE(memory_->conflicts({})->empty());
}

}  // namespace
}  // namespace mbe
