#include "base/bytes.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace mbe {
namespace {

TEST(Hex, RoundTripsThirtyTwoBytes) {
  const Bytes32 bytes = random_bytes32();
  EXPECT_EQ(bytes32_from_hex(to_hex(view(bytes))), bytes);
}

TEST(Hex, RefusesUpperCaseOddAndShort) {
  const std::string good(64, 'a');
  EXPECT_TRUE(bytes32_from_hex(good));
  EXPECT_FALSE(bytes32_from_hex(std::string(63, 'a')));
  EXPECT_FALSE(bytes32_from_hex(std::string(63, 'a') + "A"));
  EXPECT_FALSE(bytes32_from_hex(std::string(63, 'a') + "g"));
  EXPECT_FALSE(bytes32_from_hex(good + "a"));
}

// RFC 4648, section 10, lower case without padding.
TEST(Base32, HasTheVectorsOfTheStandard) {
  EXPECT_EQ(to_base32(""), "");
  EXPECT_EQ(to_base32("f"), "my");
  EXPECT_EQ(to_base32("fooba"), "mzxw6ytb");
  EXPECT_EQ(to_base32("foobar"), "mzxw6ytboi");
}

}  // namespace
}  // namespace mbe
