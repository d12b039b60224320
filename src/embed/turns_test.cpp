#include "embed/turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace mbe {
namespace {

/// Gives the processor away until `count` callers wait.
void wait_for_waiting(Turns& turns, std::size_t count) {
  while (turns.waiting() < count) std::this_thread::yield();
}

TEST(Turns, LetsWaitingQueriesGoBeforeWaitingPassages) {
  Turns turns(1, 8);
  std::vector<TextRole> order;
  std::vector<std::jthread> callers;
  {
    const auto first = turns.take(TextRole::passage);
    ASSERT_TRUE(first.ok());
    const std::vector<TextRole> roles = {TextRole::passage, TextRole::query};
    for (std::size_t i = 0; i < roles.size(); ++i) {
      callers.emplace_back([&turns, &order, role = roles[i]] {
        const auto turn = turns.take(role);
        ASSERT_TRUE(turn.ok());
        order.push_back(role);
      });
      wait_for_waiting(turns, i + 1);
    }
  }
  callers.clear();
  EXPECT_EQ(order, (std::vector{TextRole::query, TextRole::passage}));
}

TEST(Turns, PassagesLeaveAWorkerToQueries) {
  Turns turns(3, 8, 1);
  const auto first = turns.take(TextRole::passage);
  auto second = turns.take(TextRole::passage);
  ASSERT_TRUE(first.ok() && second.ok());
  std::atomic<bool> third_has_turn = false;
  const std::jthread third([&] {
    const auto turn = turns.take(TextRole::passage);
    third_has_turn = turn.ok();
  });
  wait_for_waiting(turns, 1);
  // The free one is a query's, who does not wait behind the passage that does.
  EXPECT_TRUE(turns.take(TextRole::query).ok());
  EXPECT_FALSE(third_has_turn);
  {
    const auto given_back = std::move(second);
  }
  while (!third_has_turn) std::this_thread::yield();
}

TEST(Turns, LendsWorkersThatNobodyWantsAndTakesThemBack) {
  Turns turns(3, 8);
  const auto own = turns.take(TextRole::query);
  ASSERT_TRUE(own.ok());
  {
    const auto one = turns.take_idle(1);
    ASSERT_EQ(one.size(), 1U);
    EXPECT_NE(one[0].worker(), own->worker());
    EXPECT_EQ(turns.take_idle(5).size(), 1U);
  }
  const auto both = turns.take_idle(5);
  EXPECT_EQ(both.size(), 2U);
  EXPECT_TRUE(turns.take_idle(1).empty());
}

TEST(Turns, IsBusyWhenTooManyWait) {
  Turns turns(1, 1);
  auto holder = turns.take(TextRole::query);
  ASSERT_TRUE(holder.ok());
  {
    const std::jthread waiter([&] { EXPECT_TRUE(turns.take(TextRole::passage).ok()); });
    wait_for_waiting(turns, 1);
    const auto refused = turns.take(TextRole::query);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), ErrorCode::busy);
    const auto given_back = std::move(*holder);
  }
  EXPECT_TRUE(turns.take(TextRole::query).ok());
}

TEST(Turns, GiveEachWorkerToOneCaller) {
  Turns turns(2, 1);
  const auto first = turns.take(TextRole::passage);
  const auto second = turns.take(TextRole::passage);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(first->worker(), second->worker());
}

}  // namespace
}  // namespace mbe
