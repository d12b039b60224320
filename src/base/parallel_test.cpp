#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>

namespace mbe {
namespace {

TEST(RunBoth, GivesBothResultsTheOthersFirst) {
  for (const bool worth : {false, true}) {
    const auto [other, own] = run_both(
        worth, [] { return std::this_thread::get_id(); },
        [] { return std::this_thread::get_id(); });
    EXPECT_EQ(own, std::this_thread::get_id());
    EXPECT_EQ(other == own, !worth || ParallelTask::helpers_max() == 0);
  }
}

TEST(ParallelTask, TakesNoMoreThreadsThanThereAreProcessors) {
  std::atomic<bool> go = false;
  std::deque<ParallelTask> tasks;  // hold every processor
  for (unsigned i = 0; i < ParallelTask::helpers_max(); ++i) {
    tasks.emplace_back([&] { go.wait(false); });
  }
  std::thread::id by;
  {
    ParallelTask one_more([&] { by = std::this_thread::get_id(); });
    one_more.finish();
  }
  EXPECT_EQ(by, std::this_thread::get_id());
  go = true;
  go.notify_all();
}

TEST(RunParts, DoesEachPartOnce) {
  for (const std::size_t count : {0U, 1U, 5U}) {
    std::vector<std::atomic<int>> done(count);
    EXPECT_TRUE(run_parts(count, [&](std::size_t part) -> Result<void> {
                  ++done[part];
                  return {};
                }).ok());
    for (const auto& times : done) EXPECT_EQ(times, 1);
  }
}

TEST(RunParts, TellsTheFirstErrorAndFinishesTheRest) {
  std::atomic<int> done = 0;
  const auto result = run_parts(4, [&](std::size_t part) -> Result<void> {
    ++done;
    if (part < 2) return {};
    return fail(ErrorCode::corrupt, "part {}", part);
  });
  EXPECT_EQ(done, 4);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message(), "part 2");
}

TEST(ParallelTask, IsFinishedWhenItGoes) {
  bool done = false;
  {
    const ParallelTask task([&] { done = true; });
  }
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace mbe
