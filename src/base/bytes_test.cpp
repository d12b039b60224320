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

// RFC 4648, section 10.
TEST(Base64, HasTheVectorsOfTheStandard) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, RoundTripsEveryLength) {
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string bytes = random_bytes(size);
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes) << size;
  }
}

TEST(Base64, RefusesWhatItWouldNotWrite) {
  for (const std::string text : {"Zg", "Zg=", "Zh==", "Zm9v ", "Zm 9", "Zg===", "Z-9v", "=Zg="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
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
