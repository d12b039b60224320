// Answers that only repeat what they rest on: kept and listed, never recalled.
#include "engine/engine_fixture.h"
#include "engine/retelling.h"

namespace mbe {
namespace {

class Retelling : public EngineTest {
 protected:
  std::uint64_t answer(const std::string& text, std::vector<std::uint64_t> refs,
                       bool retold = false) {
    clock_.advance_ms(1'000);
    const auto receipt = memory_->remember({.text = text,
                                            .speaker = "에코",
                                            .kind = "answer",
                                            .refs = std::move(refs),
                                            .retold = retold});
    EXPECT_TRUE(receipt.ok()) << receipt.error().message();
    return receipt.ok() ? receipt->block_index : 0;
  }
  bool is_retold(std::uint64_t block) { return memory_->show(block)->retold; }
};

TEST_F(Retelling, AnAnswerThatSaysWhatItsSourceSaysIsOne) {
  const auto ko = remember("오복 할머니 생신은 음력 3월 9일이야");
  const auto en = remember("Stella's rule about swimming: never swim alone in the lake");
  EXPECT_TRUE(
      is_retold(answer("네, 기억해요. 오복 할머니 생신은 음력 3월 9일이라고 하셨어요.", {ko})));
  EXPECT_TRUE(is_retold(answer("You told me Stella's rule: never swim alone.", {en})));
}

TEST_F(Retelling, AnAnswerWithSomethingNewIsNone) {
  const auto ko = remember("오복 할머니 생신은 음력 3월 9일이야");
  const auto en = remember("Stella's rule about swimming: never swim alone in the lake");
  for (const std::string fresh :
       {"그럼 미역국을 끓이고 편지를 써 드리면 어때?", "오복 할머니 생신은 음력 3월 12일이야",
        "오복 할머니 생신은 음력 3월 9일, 민수가 안다"}) {
    EXPECT_FALSE(is_retold(answer(fresh, {ko}))) << fresh;
  }
  for (const std::string fresh : {"Maybe call Hannah and rent a boat together on Sunday.",
                                  "Stella's rule about swimming holds after 9 too"}) {
    EXPECT_FALSE(is_retold(answer(fresh, {en}))) << fresh;
  }
}

TEST_F(Retelling, WithoutSourcesOnlyItsWriterSays) {
  EXPECT_FALSE(is_retold(answer("기억해 둘게요.", {})));
  EXPECT_TRUE(is_retold(answer("기억해 둘게요.", {}, true)));
}

TEST_F(Retelling, IsNotRecalledUnlessItIsAskedFor) {
  const auto said = remember("오복 할머니 생신은 음력 3월 9일이야");
  const auto retold = answer("오복 할머니 생신은 음력 3월 9일이야", {said});
  EXPECT_TRUE(contains(recall("오복 할머니 생신"), said));
  EXPECT_FALSE(contains(recall("오복 할머니 생신"), retold));
  const auto all = memory_->recall(
      {.cue = "오복 할머니 생신", .filter = {.include_retold = true}, .threshold = false});
  ASSERT_TRUE(all.ok());
  EXPECT_TRUE(std::ranges::any_of(
      all->hits, [&](const RecallHit& hit) { return hit.block.block_index == retold; }));
  EXPECT_TRUE(memory_->explain({.cue = "오복 할머니 생신"}, retold).ok());
}

TEST_F(Retelling, StaysSoAfterRebuilding) {
  const auto said = remember("오복 할머니 생신은 음력 3월 9일이야");
  const auto retold = answer("오복 할머니 생신은 음력 3월 9일이야", {said});
  ASSERT_TRUE(memory_->rebuild().ok());
  reopen();
  EXPECT_FALSE(contains(recall("오복 할머니 생신"), retold));
  EXPECT_EQ(memory_->list({})->size(), 2U);
}

TEST_F(Retelling, IsNoSourceOfAPromptAndFeltOnce) {
  const auto said = remember("시험에 떨어져서 너무 슬프다");
  const auto retold = answer("시험에 떨어져서 너무 슬프다고 했어요", {said});
  const auto prompt = memory_->compose({.input = "시험은 어떻게 됐지?"});
  ASSERT_TRUE(prompt.ok());
  EXPECT_TRUE(contains(prompt->included, said));
  EXPECT_FALSE(contains(prompt->included, retold));
  const auto days = memory_->timeline({});
  ASSERT_EQ(days->size(), 1U);
  EXPECT_EQ(days->front().mood, -0.5);  // two blocks, one feeling
}

TEST_F(Retelling, IsForgottenWithWhatItRetells) {
  const auto said = remember("오복 할머니 생신은 음력 3월 9일이야");
  answer("오복 할머니 생신은 음력 3월 9일이야", {said});
  EXPECT_EQ(memory_->forget_preview({.cue = "오복 할머니 생신"})->count(), 2U);
}

TEST(OnlyRetells, KnowsNothingWithoutWords) {
  const Analysis empty;
  EXPECT_FALSE(only_retells(empty, {}));
  EXPECT_FALSE(only_retells(empty, std::vector<Analysis>(1)));
}

}  // namespace
}  // namespace mbe
