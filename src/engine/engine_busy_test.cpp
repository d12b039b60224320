// What is made anew while others ask for it.
#include <atomic>
#include <thread>

#include "engine/engine_fixture.h"

namespace mbe {
namespace {

class EngineBusyTest : public EngineTest {
 protected:
  /// Runs `work` some times while two threads read.
  void while_others_read(const std::function<void()>& work) {
    std::atomic<bool> done = false;
    std::jthread counts([&] {
      while (!done) EXPECT_TRUE(memory_->stats().ok());
    });
    std::jthread recalls([&] {
      while (!done) EXPECT_TRUE(memory_->recall({.cue = "the pond"}).ok());
    });
    for (int i = 0; i < 5; ++i) work();
    done = true;
  }
  void fill() {
    for (int i = 0; i < 30; ++i) remember("note number " + std::to_string(i) + " about the pond");
  }
};

TEST_F(EngineBusyTest, IndexesAreMadeAnewWhileOthersRead) {
  fill();
  while_others_read([&] { EXPECT_TRUE(memory_->rebuild().ok()); });
  EXPECT_FALSE(recall("note number 7").empty());
}

TEST_F(EngineBusyTest, VectorsAreMadeAnewWhileOthersRead) {
  fill();
  while_others_read([&] { EXPECT_TRUE(memory_->reembed(true).ok()); });
  EXPECT_EQ(memory_->stats()->vectors_pending, 0U);
}

TEST_F(EngineBusyTest, RemembersAndForgetsWhileOthersRead) {
  fill();
  while_others_read([&] {
    const auto gone = remember("the heron stands in the pond");
    EXPECT_TRUE(memory_->forget({.blocks = {gone}}, 1).ok());
  });
  EXPECT_TRUE(recall("heron", {"keyword"}).empty());
}

}  // namespace
}  // namespace mbe
