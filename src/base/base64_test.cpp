#include "base/base64.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "base/random.h"

namespace mbe {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Runs `check` with each width of the processor's registers.
template <class Check>
void with_every_target(const Check& check) {
  for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
    const std::int64_t target = left & -left;
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

// RFC 4648, section 10.
TEST(Base64, HasTheVectorsOfTheStandard) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, WritesEveryDigitAtEveryPlace) {
  // 48 bytes are the 64 digits once; shifted by a digit each time.
  with_every_target([] {
    for (std::size_t shift = 0; shift < digits.size(); ++shift) {
      std::string text;
      for (std::size_t i = 0; i < 4 * digits.size(); ++i) {
        text += digits[(i + shift) % digits.size()];
      }
      const std::optional<std::string> bytes = from_base64(text);
      ASSERT_TRUE(bytes);
      for (std::size_t i = 0; i < bytes->size(); ++i) {
        // Byte i holds eight of the bits that the digits' values, six bits each, line up to.
        const auto bit_value = [&](std::size_t bit) {
          return (bit / 6 + shift) % digits.size() >> (5 - bit % 6) & 1;
        };
        std::size_t expected = 0;
        for (std::size_t bit = 8 * i; bit < 8 * i + 8; ++bit) {
          expected = 2 * expected + bit_value(bit);
        }
        ASSERT_EQ(static_cast<unsigned char>((*bytes)[i]), expected) << i;
      }
      EXPECT_EQ(to_base64(*bytes), text);
    }
  });
}

TEST(Base64, RoundTripsEveryLength) {
  with_every_target([] {
    for (std::size_t size = 0; size < 800; ++size) {
      const std::string bytes = random_bytes(size);
      EXPECT_EQ(from_base64(to_base64(bytes)), bytes) << size;
    }
  });
}

TEST(Base64, RefusesEveryOtherCharacterAtEveryPlace) {
  with_every_target([] {
    const std::string good(4 * 70, 'A');
    for (std::size_t place = 0; place < good.size(); ++place) {
      std::string text = good;
      for (int c = 0; c < 256; ++c) {
        text[place] = static_cast<char>(c);
        const bool padding = c == '=' && place + 1 == good.size();
        const bool digit = digits.find(text[place]) != std::string_view::npos;
        ASSERT_EQ(from_base64(text).has_value(), digit || padding) << place << ' ' << c;
      }
    }
  });
}

TEST(Base64, RefusesWhatItWouldNotWrite) {
  for (const std::string text : {"Zg", "Zg=", "Zh==", "Zm9v ", "Zm 9", "Zg===", "Z-9v", "=Zg="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace mbe
