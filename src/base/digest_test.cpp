#include "base/digest.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace mbe {
namespace {

// FIPS 180-4 examples.
TEST(Sha256, HasTheVectorsOfTheStandard) {
  EXPECT_EQ(to_hex(view(sha256(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(view(sha256("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, JoinsItsParts) {
  EXPECT_EQ(sha256({"a", "", "bc"}), sha256("abc"));
}

// RFC 4231 uses other key lengths; this is HMAC-SHA-256 of "" under 32 zero bytes.
TEST(HmacSha256, HasAKnownVector) {
  EXPECT_EQ(to_hex(view(hmac_sha256(Bytes32{}, {}))),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(HmacSha256, DependsOnKeyAndEveryPart) {
  Bytes32 other{};
  other[31] = 1;
  EXPECT_EQ(hmac_sha256(other, {"ab", "c"}), hmac_sha256(other, {"abc"}));
  EXPECT_NE(hmac_sha256(other, {"abc"}), hmac_sha256(Bytes32{}, {"abc"}));
  EXPECT_NE(hmac_sha256(other, {"abc"}), hmac_sha256(other, {"abd"}));
}

TEST(Blake2b, DependsOnKeyAndMessage) {
  Bytes32 other{};
  other[0] = 1;
  EXPECT_NE(blake2b_256(Bytes32{}, "seal"), blake2b_256(Bytes32{}, "commit"));
  EXPECT_NE(blake2b_256(Bytes32{}, "seal"), blake2b_256(other, "seal"));
}

// An engine may be a static object, which goes after the main thread's own data and may write then.
TEST(Sha256, HashesToTheVeryEndOfAProcess) {
  const auto hash_at_the_end = [] {
    static_cast<void>(sha256("before"));
    std::atexit([] { std::_Exit(to_hex(view(sha256("abc"))).starts_with("ba7816bf") ? 7 : 8); });
    std::exit(0);
  };
  EXPECT_EXIT(hash_at_the_end(), testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace mbe
