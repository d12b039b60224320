// Conversations: listed, searched, branched, renamed, deleted, through what Echo saves of them.
#include "echo/conversations.h"

#include <gtest/gtest.h>

#include "echo/answer.h"
#include "echo/memory_core_fixture.h"

namespace mbe {
namespace {

class ConversationsTest : public MemoryCoreTest {
 protected:
  void SetUp() override {
    MemoryCoreTest::SetUp();
    reopen_talks();
  }
  void TearDown() override {
    answerer_.reset();
    talks_.reset();
    MemoryCoreTest::TearDown();
  }
  void reopen_talks() {
    answerer_.reset();
    reopen_core();
    answerer_ = *Answerer::make(*engine_, *core_, nullptr, clock_);
    talks_ = std::make_unique<Conversations>(*engine_, *memory_);
  }
  Saved say(const std::string& conversation, const std::string& text,
            const std::string& answer = "") {
    clock_.advance_ms(1'000);
    const auto saved = core_->save_memory(
        {.speaker = "오리진", .text = text, .answer = answer, .conversation = conversation});
    EXPECT_TRUE(saved.ok()) << saved.error().message();
    return saved.ok() ? *saved : Saved{};
  }
  /// Asks without a model; returns what `done` tells.
  Json ask(const std::string& conversation, const std::string& question,
           std::optional<std::uint64_t> edits = {}) {
    clock_.advance_ms(1'000);
    AskRequest request{.question = question, .conversation = conversation, .edits = edits};
    request.speaker = {"mina", true};
    const auto done = answerer_->answer(request, [](std::string_view, const Json&) {}, {});
    EXPECT_TRUE(done.ok()) << done.error().message();
    return done.ok() ? *done : Json();
  }
  std::vector<std::string> names(const std::string& search = "") {
    const auto found = search.empty() ? talks_->list() : talks_->search(search);
    EXPECT_TRUE(found.ok()) << found.error().message();
    std::vector<std::string> out;
    for (const ConversationInfo& info : *found) out.push_back(info.conversation);
    return out;
  }
  /// Questions and answers of a conversation, with where it branches off shown.
  std::vector<std::string> texts(const std::string& conversation) {
    const auto tree = talks_->tree(conversation);
    EXPECT_TRUE(tree.ok()) << tree.error().message();
    std::vector<std::string> out;
    if (!tree.ok()) return out;
    for (const ConversationTurn& turn : tree->turns) {
      if (turn.block.kind == "utterance") out.push_back(turn.block.context);
    }
    return out;
  }
  using Texts = std::vector<std::string>;

  std::unique_ptr<Answerer> answerer_;
  std::unique_ptr<Conversations> talks_;
};

TEST_F(ConversationsTest, ListsTheNewestFirstByHowTheyBegan) {
  say("a", "오늘은 맑다", "좋네요.");
  say("b", "비가 온다");
  say("a", "산책을 했다");
  const auto found = talks_->list();
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].conversation, "a");
  EXPECT_EQ((*found)[0].title, "오늘은 맑다");
  EXPECT_EQ((*found)[0].turns, 3U);
  EXPECT_EQ((*found)[1].title, "비가 온다");
}

TEST_F(ConversationsTest, ListsOneOfWhichEverySentenceWasSaidThatDay) {
  say("a", "오늘은 맑다", "좋네요.");
  const Saved again = say("b", "오늘은 맑다", "좋네요.");
  EXPECT_TRUE(again.utterance.is_repeat);
  EXPECT_EQ(names(), (Texts{"b", "a"}));
  const auto tree = talks_->tree("b");
  ASSERT_TRUE(tree.ok()) << tree.error().message();
  EXPECT_EQ(tree->title, "오늘은 맑다");
  ASSERT_EQ(tree->turns.size(), 2U);
  EXPECT_TRUE(tree->turns[0].is_repeat);
  EXPECT_EQ(tree->turns[0].id, again.utterance.turn);
  EXPECT_EQ(tree->turns[1].block.context, "좋네요.");
  // A mark is no turn to recall: nothing stands beside what was said.
  EXPECT_EQ(names("맑다"), (Texts{"a", "b"}));
}

TEST_F(ConversationsTest, FindsWhatWasSaidInThem) {
  say("trip", "다음 달에 제주도로 떠난다", "부럽네요.");
  say("work", "회의가 길었다", "쉬세요.");
  say("home", "the kettle is broken", "Buy one on Sunday.");
  EXPECT_EQ(names("제주도"), Texts{"trip"});
  EXPECT_EQ(names("떠났던"), Texts{"trip"});  // another form of the word
  EXPECT_EQ(names("kettles"), Texts{"home"});
  EXPECT_EQ(names("buying"), Texts{"home"});  // what Echo said counts too
  EXPECT_TRUE(names("잠수함").empty());
  const auto found = talks_->search("회의");
  ASSERT_EQ(found->size(), 1U);
  ASSERT_TRUE(found->front().match);
  EXPECT_EQ(found->front().match->context, "회의가 길었다");
  EXPECT_EQ(talks_->search("").error().code(), ErrorCode::invalid_argument);
}

TEST_F(ConversationsTest, AnEditedQuestionGoesOnInABranchAndBothAreKept) {
  ask("talk", "오늘은 맑다");
  const Json second = ask("talk", "나는 산책을 했다");
  ask("talk", "저녁에는 책을 읽었다");
  const Json edited = ask("talk", "나는 수영을 했다", second["turn"].get<std::uint64_t>());
  const std::string branch = edited["conversation"];
  EXPECT_NE(branch, "talk");
  ask(branch, "배가 고프다");
  EXPECT_EQ(texts("talk"), (Texts{"오늘은 맑다", "나는 산책을 했다", "저녁에는 책을 읽었다"}));
  EXPECT_EQ(texts(branch), (Texts{"오늘은 맑다", "나는 수영을 했다", "배가 고프다"}));
  const auto tree = talks_->tree(branch);
  EXPECT_EQ(tree->of, "talk");
  EXPECT_EQ(tree->turns[2].versions, (Texts{"talk", branch}));
  EXPECT_TRUE(tree->turns[0].versions.empty());
  EXPECT_EQ(talks_->tree("talk")->turns[2].versions, (Texts{"talk", branch}));
}

TEST_F(ConversationsTest, AnEditOfAnEditIsAnotherVersionOfTheSame) {
  const Json first = ask("talk", "오늘은 맑다");
  const Json second = ask("talk", "오늘은 흐리다", first["turn"].get<std::uint64_t>());
  const std::string b = second["conversation"];
  const Json third = ask(b, "오늘은 춥다", second["turn"].get<std::uint64_t>());
  const std::string c = third["conversation"];
  for (const std::string& one : {std::string("talk"), b, c}) {
    EXPECT_EQ(talks_->tree(one)->turns[0].versions, (Texts{"talk", b, c})) << one;
  }
  EXPECT_EQ(texts(c), Texts{"오늘은 춥다"});
}

TEST_F(ConversationsTest, ABranchRemembersWhatWasSaidBeforeIt) {
  ask("talk", "오늘은 맑다");
  const Json second = ask("talk", "나는 산책을 했다");
  const Json edited = ask("talk", "나는 수영을 했다", second["turn"].get<std::uint64_t>());
  const auto turns = memory_->short_term(edited["conversation"]);
  ASSERT_TRUE(turns.ok());
  ASSERT_EQ(turns->size(), 4U);
  EXPECT_EQ((*turns)[0].text, "오늘은 맑다");
  EXPECT_TRUE((*turns)[1].from_assistant);
  EXPECT_EQ((*turns)[2].text, "나는 수영을 했다");
}

TEST_F(ConversationsTest, AConversationIsTakenUpAgainAfterAPause) {
  ask("talk", "오늘은 맑다");
  clock_.advance_ms(TimeMs{24} * 3'600'000);
  ASSERT_TRUE(memory_->short_term("talk")->empty());
  ask("talk", "그래서 산책을 했다");
  EXPECT_EQ(memory_->short_term("talk")->front().text, "오늘은 맑다");
}

TEST_F(ConversationsTest, WhatIsNoQuestionOfItCannotBeEdited) {
  const Json done = ask("talk", "오늘은 맑다");
  EXPECT_EQ(talks_->branch_point("talk", 9'999).error().code(), ErrorCode::not_found);
  EXPECT_EQ(talks_->branch_point("other", done["turn"].get<std::uint64_t>()).error().code(),
            ErrorCode::not_found);
  EXPECT_EQ(talks_->branch_point("talk", done["answer_index"].get<std::uint64_t>()).error().code(),
            ErrorCode::invalid_argument);
  AskRequest request{.question = "x", .conversation = "talk", .temporary = true, .edits = 1};
  const auto refused = answerer_->answer(request, [](std::string_view, const Json&) {}, {});
  EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
}

TEST_F(ConversationsTest, HasTheTitleItWasGiven) {
  say("a", "오늘은 맑다");
  ASSERT_TRUE(talks_->rename("a", "날씨").ok());
  EXPECT_EQ(talks_->list()->front().title, "날씨");
  EXPECT_EQ(names("날씨"), Texts{"a"});
  ASSERT_TRUE(talks_->rename("a", "").ok());
  EXPECT_EQ(talks_->list()->front().title, "오늘은 맑다");
  EXPECT_EQ(talks_->rename("b", "x").error().code(), ErrorCode::not_found);
  EXPECT_EQ(talks_->rename("a", std::string(201, 'x')).error().code(), ErrorCode::limit);
  EXPECT_EQ(talks_->rename("a", "\xff").error().code(), ErrorCode::invalid_argument);
}

TEST_F(ConversationsTest, DeletingItForgetsItsTurnsRepeatsAndTitleAlone) {
  say("a", "오늘은 맑다");
  say("b", "오늘은 맑다");
  say("b", "zanzibar는 비밀이다");
  ASSERT_TRUE(talks_->rename("b", "canarytitle").ok());
  const auto target = talks_->deletion("b");
  ASSERT_TRUE(target.ok()) << target.error().message();
  const auto preview = memory_->forget_preview(*target);
  ASSERT_TRUE(preview.ok()) << preview.error().message();
  EXPECT_EQ(preview->targets.size(), 3U);
  ASSERT_TRUE(memory_->forget(*target, preview->count()).ok());
  EXPECT_EQ(names(), Texts{"a"});
  EXPECT_EQ(talks_->tree("b").error().code(), ErrorCode::not_found);
  EXPECT_EQ(talks_->deletion("b").error().code(), ErrorCode::not_found);
  reopen_talks();
  EXPECT_EQ(names(), Texts{"a"});
  EXPECT_EQ(texts("a"), Texts{"오늘은 맑다"});
}

TEST_F(ConversationsTest, ABranchStaysWhenWhatItBranchesOffIsDeleted) {
  const Json first = ask("talk", "오늘은 맑다");
  const Json edited = ask("talk", "나는 수영을 했다", first["turn"].get<std::uint64_t>());
  const auto target = talks_->deletion("talk");
  const auto preview = memory_->forget_preview(*target);
  ASSERT_TRUE(memory_->forget(*target, preview->count()).ok());
  EXPECT_EQ(texts(edited["conversation"]), Texts{"나는 수영을 했다"});
}

TEST_F(ConversationsTest, IsExportedAsText) {
  say("a", "오늘은 맑다\n아주", "좋네요.");
  EXPECT_EQ(tree_markdown(*talks_->tree("a"), 9 * 60),
            "# 오늘은 맑다 아주\n\n**오리진** · 2023-11-15 07:13\n\n오늘은 맑다\n아주\n"
            "\n**에코** · 2023-11-15 07:13\n\n좋네요.\n");
}

}  // namespace
}  // namespace mbe
