#include "server/behind.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace mbe {
namespace {

TEST(Behind, DoesAllInItsOrder) {
  std::vector<int> done;
  {
    Behind behind(100);
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(behind.add([&done, i] { done.push_back(i); }));
  }
  ASSERT_EQ(done.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(done[static_cast<std::size_t>(i)], i);
}

TEST(Behind, WaitsForWhatWasAdded) {
  Behind behind(10);
  bool done = false;
  ASSERT_TRUE(behind.add([&done] { done = true; }));
  behind.wait();
  EXPECT_TRUE(done);
}

TEST(Behind, RefusesWhatIsTooMuch) {
  Behind behind(1);
  std::promise<void> begun;
  std::promise<void> go;
  ASSERT_TRUE(behind.add([&] {
    begun.set_value();
    go.get_future().wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(behind.add([] {}));
  EXPECT_FALSE(behind.add([] {}));
  go.set_value();
}

}  // namespace
}  // namespace mbe
