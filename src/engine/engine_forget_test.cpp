#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/engine_fixture.h"

namespace mbe {
namespace {

TEST_F(EngineTest, ForgetsEverywhere) {
  const auto kept = remember("The bakery opens at seven", "s");
  const auto gone = remember("The password of the shed is canarybird", "s");
  remember("And the garden needs water", "s");
  ASSERT_TRUE(memory_->reembed(false).ok());
  ASSERT_TRUE(memory_->observe({.text = "The password of the shed is canarybird"}).ok());
  const ForgetTarget target{.blocks = {gone}};
  const auto preview = memory_->forget_preview(target);
  ASSERT_TRUE(preview.ok());
  EXPECT_EQ(preview->count(), 1U);
  bool copy_named = false;
  for (const Message& said : preview->notes) {
    copy_named = copy_named || said.message().find("says the same") != std::string::npos;
  }
  EXPECT_TRUE(copy_named);
  EXPECT_EQ(memory_->forget(target, 7).error().code(), ErrorCode::invalid_argument);
  ASSERT_TRUE(memory_->forget(target, 1).ok());
  EXPECT_EQ(memory_->show(gone)->state, "erased");
  EXPECT_FALSE(contains(recall("password of the shed"), gone));
  EXPECT_TRUE(contains(recall("bakery"), kept));
  EXPECT_TRUE(memory_->verify().ok);
  reopen();
  EXPECT_EQ(memory_->show(gone)->state, "erased");
  EXPECT_EQ(memory_->short_term()->size(), 0U);
  EXPECT_EQ(memory_->update(gone, {.text = "again"}).error().code(), ErrorCode::denied);
}

TEST_F(EngineTest, ForgetsWhatRestsOnATarget) {
  const auto source = remember("I moved to Incheon");
  const auto update = memory_->update(source, {.text = "I moved to Busan"});
  const auto preview = memory_->forget_preview({.blocks = {source}});
  ASSERT_TRUE(preview.ok());
  ASSERT_EQ(preview->derived.size(), 1U);
  EXPECT_EQ(preview->derived.front().block_index, update->block_index);
}

TEST_F(EngineTest, ForgetsAnAnswerWithABlockItRestsOn) {
  const auto source = remember("the key lies under the stone");
  const auto other = remember("it rains");
  const auto answer = memory_->remember({.text = "under it", .kind = "answer", .refs = {source}});
  ASSERT_TRUE(answer.ok());
  const auto preview = memory_->forget_preview({.blocks = {source}});
  ASSERT_EQ(preview->derived.size(), 1U);
  EXPECT_EQ(preview->derived.front().block_index, answer->block_index);
  EXPECT_TRUE(memory_->forget_preview({.blocks = {other}})->derived.empty());
  ASSERT_TRUE(memory_->forget({.blocks = {source}}, 2).ok());
  EXPECT_EQ(memory_->remember({.text = "again", .refs = {source}}).error().code(),
            ErrorCode::denied);
}

TEST_F(EngineTest, RefusesAForgottenStatement) {
  const auto gone = remember("My old nickname is Sparrow");
  ASSERT_TRUE(memory_->forget({.blocks = {gone}, .refuse = true}, 1).ok());
  EXPECT_EQ(memory_->remember({.text = "my old  NICKNAME is sparrow"}).error().code(),
            ErrorCode::denied);
  EXPECT_TRUE(memory_->remember({.text = "My new nickname is Wren"}).ok());
}

TEST_F(EngineTest, ForgetsNothingWithoutATarget) {
  remember("something");
  EXPECT_EQ(memory_->forget_preview({}).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(memory_->forget_preview({.blocks = {999}}).error().code(), ErrorCode::not_found);
}

TEST_F(EngineTest, LeavesNoTextOfAForgottenBlockInAnyFile) {
  const auto gone = remember("zanzibarcanary lives in the attic", "s");
  remember("we feed it corn", "s");
  ASSERT_TRUE(memory_->reembed(false).ok());
  ASSERT_TRUE(memory_->update_waypoints("default", "zanzibarcanary").ok());
  ASSERT_TRUE(memory_->rebuild().ok());
  ASSERT_TRUE(memory_->forget({.blocks = {gone}}, 1).ok());
  engine_.reset();
  for (const auto& entry : fs::recursive_directory_iterator(home_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(bytes.find("zanzibarcanary"), std::string::npos) << entry.path();
  }
  reopen();
}

}  // namespace
}  // namespace mbe
