#include "base/guarded.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace mbe {
namespace {

TEST(Guarded, GivesOnWhatTheWorkReturns) {
  EXPECT_EQ(*guarded([] { return Result<int>(7); }), 7);
  const auto refused = guarded([] { return Result<int>(fail(ErrorCode::busy, "later")); });
  EXPECT_EQ(refused.error().code(), ErrorCode::busy);
}

TEST(Guarded, MakesAnErrorOfWhatIsThrown) {
  const auto fault = guarded([]() -> Result<int> { throw std::logic_error("a secret"); });
  EXPECT_EQ(fault.error().code(), ErrorCode::io);
  EXPECT_EQ(fault.error().message().find("secret"), std::string::npos);
  const auto memory = guarded([]() -> Result<void> { throw std::bad_alloc(); });
  EXPECT_EQ(memory.error().code(), ErrorCode::unavailable);
}

}  // namespace
}  // namespace mbe
